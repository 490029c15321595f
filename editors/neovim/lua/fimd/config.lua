-- What setup{} takes, with its defaults. The table `settings` goes to the server unread: its names
-- are those of editors/README.md, the same in every editor.

local M = {}

M.defaults = {
  -- The server: a program on PATH, or a path, and its arguments.
  cmd = { 'fimd', 'lsp' },
  -- Milliseconds without a key before a suggestion is asked for. Small, since the server drops the
  -- older request by itself.
  debounce_ms = 40,
  -- 'own', or 'native': Neovim's own inline completion where it has one (0.12), which waits longer.
  ghost_text = 'own',
  -- Keys of insert mode; false for none. They do what they did before while nothing is shown.
  keys = {
    accept = '<Tab>',
    accept_word = '<M-Right>',
    accept_line = '<M-End>',
    dismiss = '<C-]>',
    next = '<M-]>',
    trigger = '<M-\\>',
  },
  settings = {
    enable = { ['*'] = true, markdown = false, text = false },
  },
}

M.options = vim.deepcopy(M.defaults)

M.snoozed = false -- whether the user wants no suggestions for a while

local function check(name, value, kinds)
  if not vim.tbl_contains(kinds, type(value)) then
    error(('fimd: %s is a %s, expected %s'):format(name, type(value), table.concat(kinds, ' or ')))
  end
end

--- Merges `given` into the defaults. Errors name the option, what it is and what was expected.
function M.set(given)
  given = given or {}
  check('setup', given, { 'table' })
  for name in pairs(given) do
    if M.defaults[name] == nil then
      error(('fimd: unknown option "%s"; see :help fimd-options'):format(name))
    end
  end
  local options = vim.tbl_deep_extend('force', vim.deepcopy(M.defaults), given)
  if type(options.cmd) == 'string' then
    options.cmd = { options.cmd, 'lsp' }
  end
  check('cmd', options.cmd, { 'table' })
  check('debounce_ms', options.debounce_ms, { 'number' })
  check('settings', options.settings, { 'table' })
  check('keys', options.keys, { 'table' })
  for name, key in pairs(options.keys) do
    if M.defaults.keys[name] == nil then
      error(('fimd: unknown key "%s"; see :help fimd-keys'):format(name))
    end
    check('keys.' .. name, key, { 'string', 'boolean' })
  end
  if not vim.tbl_contains({ 'native', 'own' }, options.ghost_text) then
    error("fimd: ghost_text is neither 'own' nor 'native'")
  end
  M.options = options
end

--- What the server is to go by now: while we snooze, it suggests only when asked.
function M.settings()
  local settings = M.options.settings
  return M.snoozed and vim.tbl_extend('force', settings, { trigger = 'manual' }) or settings
end

--- Whether documents of this filetype are given to the server: settings.enable[filetype], else
--- settings.enable['*'], else yes.
function M.filetype_enabled(filetype)
  local enable = M.options.settings.enable
  if type(enable) ~= 'table' then
    return enable ~= false
  end
  local answer = enable[filetype]
  if answer == nil then
    answer = enable['*']
  end
  return answer ~= false
end

--- Turns a filetype on or off.
function M.enable_filetype(filetype, on)
  local enable = M.options.settings.enable
  if type(enable) ~= 'table' then
    enable = { ['*'] = enable ~= false }
    M.options.settings.enable = enable
  end
  enable[filetype] = on
end

--- Whether suggestions come by themselves.
function M.automatic()
  return M.settings().trigger ~= 'manual'
end

--- Whether Neovim shows the ghost text. It can only ask by itself, so 'manual' is ours.
function M.native()
  local can = vim.lsp.inline_completion ~= nil
  return can and M.options.ghost_text == 'native' and M.options.settings.trigger ~= 'manual'
end

return M
