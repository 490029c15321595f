-- fimd for Neovim: ghost text from the language server `fimd lsp`. :help fimd
--
-- This file is all of the public interface. Beneath: client (the server; documents and text: what
-- it is sent; log, crashes), status, ghost or native (what is seen; highlight, popup), suggestion
-- (what fits where), keys, command, health.

local client = require('fimd.client')
local config = require('fimd.config')
local documents = require('fimd.documents')
local ghost = require('fimd.ghost')
local highlight = require('fimd.highlight')
local keys = require('fimd.keys')
local native = require('fimd.native')
local popup = require('fimd.popup')
local status = require('fimd.status')
local suggestion = require('fimd.suggestion')

local M = {}

local group = vim.api.nvim_create_augroup('fimd', { clear = true })
local is_set_up = false
local enabled = false

-- Puts the next `bytes` of the suggestion into the buffer, behind what is typed of it. All that is
-- left replaces what the range has right of the cursor; the server hears of it either way.
local function insert(current, typed, bytes)
  local buffer = vim.api.nvim_get_current_buf()
  local position = vim.api.nvim_win_get_cursor(0)
  local row, column = position[1] - 1, position[2]
  local piece = current.text:sub(typed + 1, typed + bytes)
  local all = typed + bytes == #current.text
  local last = column + (all and #current.replaced or 0)
  local lines = vim.split(piece, '\n', { plain = true })
  vim.api.nvim_buf_set_text(buffer, row, column, row, last, lines)
  local end_column = #lines == 1 and column + #piece or #lines[#lines]
  vim.api.nvim_win_set_cursor(0, { row + #lines, end_column })
  if all then
    ghost.clear()
    client.run_command(current.item.command, buffer)
    return
  end
  local item = { insertText = current.full, range = current.item.range,
    command = current.item.command }
  local done = current.skipped + typed + bytes
  client.notify('textDocument/didPartiallyAcceptCompletion',
    { item = item, acceptedLength = suggestion.utf16_length(current.full, done) })
  if not config.native() then
    ghost.continue(suggestion.advance(current, typed + bytes))
  end
end

-- Accepts what `measure` takes of the rest, a function to a beginning of it.
local function accept(key, measure)
  local function take(current, typed)
    insert(current, typed, #measure(current.text:sub(typed + 1)))
  end
  if config.native() then
    return native.take(take, function()
      keys.fall_back(config.options.keys[key])
    end)
  end
  if not ghost.current() then
    return false
  end
  popup.close_and(function()
    local current, typed = ghost.current()
    if current then
      take(current, typed)
    end
  end)
end

--- Inserts what is shown. This and the next five return false if they have nothing to do.
function M.accept()
  return accept('accept', function(rest)
    return rest
  end)
end

--- Inserts the next word of what is shown.
function M.accept_word()
  return accept('accept_word', suggestion.first_word)
end

--- Inserts the next line of what is shown.
function M.accept_line()
  return accept('accept_line', suggestion.first_line)
end

--- Takes the ghost text away until something is typed.
function M.dismiss()
  if config.native() then
    return native.dismiss()
  end
  if not ghost.current() then
    return false
  end
  ghost.clear()
end

--- Shows the next suggestion, where there are several.
function M.next()
  if config.native() then
    return native.next()
  end
  if not ghost.current() then
    return false
  end
  ghost.next()
end

--- Asks for a suggestion now.
function M.trigger()
  if not client.attached(vim.api.nvim_get_current_buf()) then
    return false
  end
  if config.native() then
    return native.request()
  end
  ghost.request(true)
end

-- The server has the buffer.
local function on_ready(buffer)
  vim.api.nvim_clear_autocmds({ group = group, buffer = buffer })
  if config.native() then
    native.watch(buffer, group)
    native.enable(buffer)
  else
    ghost.watch(buffer, group)
  end
  keys.map(buffer, M)
end

-- The server has the buffer no more.
local function on_close(buffer)
  vim.api.nvim_clear_autocmds({ group = group, buffer = buffer })
  if config.native() then
    native.disable(buffer)
  elseif buffer == vim.api.nvim_get_current_buf() then
    ghost.clear()
  end
  keys.unmap(buffer)
end

local function attach_all()
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    client.attach(buffer)
  end
end

local function on_end(again)
  ghost.clear()
  if again and enabled then
    attach_all()
  end
end

--- Starts the server if it does not run, and suggests in every buffer whose filetype is enabled.
function M.enable()
  if not is_set_up then
    return M.setup()
  end
  enabled = true
  local function on(events, callback)
    vim.api.nvim_create_autocmd(events, { group = group, callback = callback })
  end
  vim.api.nvim_clear_autocmds({ group = group })
  on({ 'FileType', 'BufFilePost' }, function(event)
    client.attach(event.buf)
  end)
  on('BufEnter', function(event)
    client.focus(event.buf)
  end)
  on('BufUnload', function(event)
    documents.close(event.buf)
  end)
  on({ 'BufDelete', 'BufWipeout' }, function(event)
    keys.forget(event.buf)
  end)
  on('ColorScheme', highlight.define)
  attach_all()
end

--- Stops the server; keys do what they did before.
function M.disable()
  enabled = false
  vim.api.nvim_clear_autocmds({ group = group })
  ghost.clear()
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    keys.unmap(buffer)
  end
  client.stop()
end

function M.toggle()
  if enabled then
    M.disable()
  else
    M.enable()
  end
end

--- Stops the server and starts it again.
function M.restart()
  M.disable()
  M.enable()
end

--- Turns suggestions for a filetype, the current buffer's if none is given, off or on again until
--- Neovim ends. Returns whether they are on.
function M.toggle_filetype(filetype)
  filetype = filetype or vim.bo.filetype
  local on = not config.filetype_enabled(filetype)
  config.enable_filetype(filetype, on)
  client.send_settings()
  if enabled then
    attach_all()
  end
  return on
end

local snooze_timer = (vim.uv or vim.loop).new_timer()

--- Suggests for some minutes (5 if not given) only when asked; 0 minutes end it.
function M.snooze(minutes)
  minutes = minutes or 5
  local function set(snoozed)
    config.snoozed = snoozed
    client.send_settings()
    vim.cmd('redrawstatus!')
  end
  snooze_timer:stop()
  ghost.clear()
  set(minutes > 0)
  if minutes > 0 then
    snooze_timer:start(math.ceil(minutes * 60000), 0, vim.schedule_wrap(function()
      set(false)
    end))
  end
end

--- For a statusline: 'fimd', with what there is to say; empty where it has no part.
function M.status()
  if not enabled or (client.status.kind == 'Inactive' and not M.attached()) then
    return ''
  end
  return status.word()
end

--- Whether the server has the current buffer.
function M.attached()
  return client.attached(vim.api.nvim_get_current_buf())
end

--- Reads the options (:help fimd-options) and begins. May be called again with others.
function M.setup(options)
  config.set(options)
  if is_set_up then
    client.send_settings()
  end
  is_set_up = true
  client.on_ready, client.on_close, client.on_end = on_ready, on_close, on_end
  highlight.define()
  M.enable()
end

return M
