-- Ghost text of our own, for every Neovim since 0.7: asks, draws, and follows what is typed.
--
-- At most one suggestion is shown, in the current buffer in insert mode. What the user types of it
-- is taken off at once, before the screen is drawn; anything else takes it away and asks again.

local client = require('fimd.client')
local config = require('fimd.config')
local popup = require('fimd.popup')
local suggestion = require('fimd.suggestion')

local M = {}

local namespace = vim.api.nvim_create_namespace('fimd')
local has_inline = vim.fn.has('nvim-0.10') == 1
local timer = (vim.uv or vim.loop).new_timer()

local shown -- { buffer, suggestions, index, mark }, or nil
local waiting -- { id, buffer } of the request on its way, or nil

local function inserting()
  return vim.api.nvim_get_mode().mode:sub(1, 1) == 'i'
end

-- Row from 0, byte column, and the line of the cursor.
local function cursor()
  local position = vim.api.nvim_win_get_cursor(0)
  return position[1] - 1, position[2], vim.api.nvim_get_current_line()
end

local function erase()
  if shown and vim.api.nvim_buf_is_valid(shown.buffer) then
    vim.api.nvim_buf_clear_namespace(shown.buffer, namespace, 0, -1)
  end
end

local function cancel()
  timer:stop()
  if waiting then
    client.cancel(waiting.id)
    waiting = nil
  end
end

-- Virtual text knows no tabs: blanks up to the stops, for text that begins at display column
-- `column`.
local function expand_tabs(text, column)
  local stop = vim.bo.tabstop
  return (text:gsub('([^\t]*)\t', function(part)
    local width = vim.fn.strdisplaywidth(part)
    local blanks = stop - (column + width) % stop
    column = column + width + blanks
    return part .. (' '):rep(blanks)
  end))
end

-- Draws `rest` at the cursor. Where something stands to its right that the text does not simply
-- push aside, the row's end is drawn over, with what will remain of it.
local function draw(current, rest, row, column, line)
  local lines = vim.split(rest, '\n', { plain = true })
  local right = line:sub(column + 1)
  local start = vim.fn.strdisplaywidth(line:sub(1, column))
  local first = { { expand_tabs(lines[1], start), 'FimdGhost' } }
  local below = {}
  for i = 2, #lines do
    below[#below + 1] = { { expand_tabs(lines[i], 0), 'FimdGhost' } }
  end
  local position = 'overlay'
  if right ~= '' and has_inline and #lines == 1 and current.replaced == '' then
    position = 'inline'
  elseif right ~= '' then
    local last = #below > 0 and below[#below] or first
    last[#last + 1] = { expand_tabs(current.after, 0), 'Normal' }
    local covered = 0
    for _, chunk in ipairs(first) do
      covered = covered + vim.fn.strdisplaywidth(chunk[1])
    end
    local uncovered = vim.fn.strdisplaywidth(right, start) - covered
    first[#first + 1] = { (' '):rep(math.max(uncovered, 0)), 'Normal' }
  end
  vim.api.nvim_buf_clear_namespace(shown.buffer, namespace, 0, -1)
  vim.api.nvim_buf_set_extmark(shown.buffer, namespace, row, column, {
    virt_text = first,
    virt_text_pos = position,
    virt_lines = #below > 0 and below or nil,
    hl_mode = position == 'overlay' and 'replace' or 'combine',
  })
end

-- The suggestion on the screen and how much of it is typed; nil if it does not fit any more.
local function fitting()
  if not shown or shown.buffer ~= vim.api.nvim_get_current_buf() then
    return nil
  end
  local current = shown.suggestions[shown.index]
  local row, column, line = cursor()
  local typed = suggestion.typed_bytes(current, row, column, line)
  if not typed or typed >= #current.text then
    return nil
  end
  return current, typed
end

local function show()
  local current, typed = fitting()
  if not current then
    return false
  end
  if popup.is_selected() then
    erase() -- what was suggested is kept
    return true
  end
  local row, column, line = cursor()
  draw(current, current.text:sub(typed + 1), row, column, line)
  if not current.item.was_shown then
    current.item.was_shown = true
    local item = { insertText = current.item.insertText, range = current.item.range,
      command = current.item.command }
    client.notify('textDocument/didShowCompletion', { item = item })
  end
  return true
end

local function on_answer(asked, items)
  local suggestions = {}
  for _, item in ipairs(items) do
    local one = suggestion.from_item(item, asked.row, asked.line, asked.column, asked.encoding)
    suggestions[#suggestions + 1] = one
  end
  erase()
  shown = nil
  if #suggestions > 0 and inserting() then
    shown = { buffer = asked.buffer, suggestions = suggestions, index = 1 }
    if not show() then
      shown = nil
    end
  end
end

--- Asks for suggestions at the cursor, now. `invoked`: by the user.
function M.request(invoked)
  local buffer = vim.api.nvim_get_current_buf()
  if not inserting() or not client.attached(buffer) then
    return
  end
  cancel()
  local row, column, line = cursor()
  local encoding = client.encoding()
  local asked = { buffer = buffer, row = row, column = column, line = line, encoding = encoding,
    tick = vim.b.changedtick }
  local width = vim.bo.shiftwidth > 0 and vim.bo.shiftwidth or vim.bo.tabstop
  local params = {
    textDocument = { uri = vim.uri_from_bufnr(buffer) },
    position = { line = row, character = suggestion.character(line, column, encoding) },
    context = { triggerKind = invoked and 1 or 2 },
    formattingOptions = { tabSize = width, insertSpaces = vim.bo.expandtab },
  }
  waiting = asked
  asked.id = client.request('textDocument/inlineCompletion', params, buffer, function(_, result)
    if waiting == asked then
      waiting = nil
      on_answer(asked, result and result.items or {})
    end
  end)
end

-- Whether the answer to come is for the buffer and the cursor as they are: events of the keys
-- before a request are handled after it when keys come fast.
local function is_awaited()
  if not waiting or waiting.buffer ~= vim.api.nvim_get_current_buf() then
    return false
  end
  local row, column = cursor()
  return waiting.tick == vim.b.changedtick and waiting.row == row and waiting.column == column
end

--- After a key: what is shown follows the typing, or goes and is asked for again.
function M.update()
  if show() or is_awaited() then
    return
  end
  M.clear()
  if config.automatic() and not popup.is_selected() then
    timer:start(config.options.debounce_ms, 0, vim.schedule_wrap(function()
      M.request(false)
    end))
  end
end

--- Takes the ghost text away and forgets what was asked.
function M.clear()
  cancel()
  erase()
  shown = nil
end

--- What can be accepted: the suggestion, and how many bytes of it are typed; nil if nothing is
--- to be seen.
function M.current()
  if not inserting() or popup.is_selected() then
    return nil
  end
  return fitting()
end

--- Goes on with the suggestion after a part of it was inserted.
function M.continue(with)
  if shown then
    shown.suggestions = { with }
    shown.index = 1
  end
  M.update()
end

--- Shows the next of several suggestions.
function M.next()
  if shown then
    shown.index = shown.index % #shown.suggestions + 1
    M.update()
  end
end

-- Where the mode, or the popup, is not yet what it will be.
local function update_later(buffer)
  vim.schedule(function()
    if inserting() and vim.api.nvim_get_current_buf() == buffer then
      M.update()
    end
  end)
end

--- Watches a buffer that the server has.
function M.watch(buffer, group)
  local function on(events, callback)
    vim.api.nvim_create_autocmd(events, { group = group, buffer = buffer, callback = callback })
  end
  on({ 'TextChangedI', 'TextChangedP', 'CursorMovedI' }, M.update)
  on({ 'InsertEnter', 'CompleteDone' }, function()
    update_later(buffer)
  end)
  on('CompleteChanged', function()
    erase()
    update_later(buffer)
  end)
  on({ 'InsertLeave', 'BufLeave' }, M.clear)
  update_later(buffer) -- the user did not wait for the server
end

return M
