-- fimd for Neovim: ghost text from the language server `fimd lsp`. :help fimd
--
-- This file is all of the public interface. Beneath: client (the server), ghost or native (what is
-- seen), suggestion (what fits where), keys, command, health.

local client = require('fimd.client')
local config = require('fimd.config')
local ghost = require('fimd.ghost')
local keys = require('fimd.keys')
local native = require('fimd.native')
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
  local current, typed = ghost.current()
  if not current then
    return false
  end
  take(current, typed)
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

local function on_ready(_, buffer)
  vim.api.nvim_clear_autocmds({ group = group, buffer = buffer })
  if config.native() then
    native.watch(buffer, group)
    native.enable()
  else
    ghost.watch(buffer, group)
  end
  keys.map(buffer, M)
end

local function attach_all()
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    client.attach(buffer)
  end
end

--- Starts the server if it does not run, and suggests in every buffer whose filetype is enabled.
function M.enable()
  if not is_set_up then
    return M.setup()
  end
  enabled = true
  vim.api.nvim_create_autocmd('FileType', {
    group = group,
    callback = function(event)
      client.attach(event.buf)
    end,
  })
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

--- For a statusline: 'fimd', with what the server has to say; empty where it has no part.
function M.status()
  local status = client.status
  if not enabled or (status.kind == 'Inactive' and not M.attached()) then
    return ''
  end
  if status.message ~= '' then
    return 'fimd: ' .. status.message
  end
  return status.busy and 'fimd ...' or 'fimd'
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
  client.on_ready = on_ready
  vim.api.nvim_set_hl(0, 'FimdGhost', { default = true, link = 'Comment' })
  M.enable()
end

return M
