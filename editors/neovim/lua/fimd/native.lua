-- Ghost text by Neovim itself (0.12): vim.lsp.inline_completion asks and draws.
--
-- What it shows was computed for the line as it was when it was asked for, and it does not look
-- whether what was typed since fits. So we note the line of each request (event LspRequest), and
-- what is accepted is checked against it and inserted by us.

local client = require('fimd.client')
local highlight = require('fimd.highlight')
local popup = require('fimd.popup')
local suggestion = require('fimd.suggestion')

local M = {}

local METHOD = 'textDocument/inlineCompletion'
local asked = {} -- by buffer: the latest request { id, row, column, line }
local answered = {} -- by buffer: that request once it is complete

function M.watch(buffer, group)
  vim.api.nvim_create_autocmd('LspRequest', {
    group = group,
    buffer = buffer,
    callback = function(event)
      local data = event.data
      if data.client_id ~= client.id or data.request.method ~= METHOD then
        return
      end
      if data.request.type == 'pending' then
        local position = vim.api.nvim_win_get_cursor(0)
        asked[buffer] = { id = data.request_id, row = position[1] - 1, column = position[2],
          line = vim.api.nvim_get_current_line() }
      elseif data.request.type == 'complete' and asked[buffer]
        and asked[buffer].id == data.request_id then
        answered[buffer] = asked[buffer]
      end
    end,
  })
end

-- By buffer: a client that is enabled by its id alone is never detached, and Neovim stumbles over
-- it once the server has ended.
function M.enable(buffer)
  highlight.define_native()
  vim.lsp.inline_completion.enable(true, { bufnr = buffer })
  vim.schedule(function() -- the user did not wait for the server
    if vim.api.nvim_get_mode().mode:sub(1, 1) == 'i' then
      M.request()
    end
  end)
end

function M.disable(buffer)
  vim.lsp.inline_completion.enable(false, { bufnr = buffer })
end

-- The item of vim.lsp.inline_completion as one of ours, and how much of it is typed.
local function fitting(item)
  local was = answered[vim.api.nvim_get_current_buf()]
  if not was or type(item.insert_text) ~= 'string' then
    return nil
  end
  local first, last = was.column, was.column
  if item.range then
    local row
    row, first, _, last = item.range:to_extmark()
    if row ~= was.row then
      return nil
    end
  end
  local ours = { insertText = item.insert_text, command = item.command }
  local current = suggestion.new(ours, was.row, was.line, first, last, was.column)
  local position = vim.api.nvim_win_get_cursor(0)
  local typed = suggestion.typed_bytes(current, position[1] - 1, position[2],
    vim.api.nvim_get_current_line())
  return typed and current, typed
end

--- Takes the ghost text away and calls `insert` with the suggestion and its typed bytes, or
--- `otherwise` if it is out of date; both later. Returns false if nothing is shown.
function M.take(insert, otherwise)
  if popup.is_selected() then
    return false
  end
  return vim.lsp.inline_completion.get({
    on_accept = function(item)
      local current, typed = fitting(item)
      if current then
        insert(current, typed)
      else
        otherwise()
      end
    end,
  })
end

function M.dismiss()
  return vim.lsp.inline_completion.get({ on_accept = function() end })
end

function M.next()
  vim.lsp.inline_completion.select({ count = 1 })
end

--- Neovim asks when the cursor moves; there is no other way to make it ask.
function M.request()
  vim.api.nvim_exec_autocmds('CursorMovedI', { buffer = vim.api.nvim_get_current_buf() })
end

return M
