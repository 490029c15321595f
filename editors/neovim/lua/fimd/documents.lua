-- What the server has of the editor's buffers: each is one document, by its name and its filetype.
--
-- Neovim's client opens documents and sends what changes in them, but does not tell when a buffer
-- takes another name or another filetype, and not every version closes what it opened. So all that
-- it sends of documents passes here: what is open is known, text is sent as text.lua says, and a
-- buffer that became another document closes the old one and opens the new.

local text = require('fimd.text')

local M = {}

local opened = {} -- by buffer: the document { uri, language } that the server has
local buffers = {} -- by URI: the buffer

local send = function() end -- the client's own notify, as a function of method and parameters

local function close(buffer)
  local document = opened[buffer]
  if document then
    opened[buffer], buffers[document.uri] = nil, nil
    send('textDocument/didClose', { textDocument = { uri = document.uri } })
  end
end

local function buffer_of(uri)
  if buffers[uri] then
    return buffers[uri]
  end
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(buffer) and vim.uri_from_bufnr(buffer) == uri then
      return buffer
    end
  end
end

local function open(buffer)
  close(buffer)
  local document = { uri = vim.uri_from_bufnr(buffer), language = vim.bo[buffer].filetype }
  opened[buffer], buffers[document.uri] = document, buffer
  send('textDocument/didOpen', {
    textDocument = {
      uri = document.uri,
      languageId = document.language,
      version = vim.api.nvim_buf_get_changedtick(buffer),
      text = text.of_buffer(buffer),
    },
  })
end

local on = {
  ['textDocument/didOpen'] = function(params)
    local buffer = buffer_of(params.textDocument.uri)
    if buffer then
      open(buffer)
    end
  end,
  ['textDocument/didClose'] = function(params)
    local buffer = buffers[params.textDocument.uri]
    if buffer then
      close(buffer)
    end
  end,
  ['textDocument/didChange'] = function(params)
    local buffer = buffers[params.textDocument.uri]
    if not buffer then
      return
    end
    local format = vim.bo[buffer].fileformat
    local changes = vim.tbl_map(function(change)
      return { range = change.range, text = text.sent(change.text, format) }
    end, params.contentChanges)
    send('textDocument/didChange', { textDocument = params.textDocument,
      contentChanges = changes })
  end,
  ['textDocument/didSave'] = function(params)
    if buffers[params.textDocument.uri] then
      send('textDocument/didSave', { textDocument = params.textDocument })
    end
  end,
}

local watched -- the client that is listened to

--- Puts itself before what the client sends. To be called once for each client, before it has a
--- buffer; what another client had open is forgotten.
function M.watch(client)
  M.forget()
  watched = client
  local is_method = vim.fn.has('nvim-0.11') == 1
  local original = client.notify
  local function forward(method, params)
    if is_method then
      return original(client, method, params)
    end
    return original(method, params)
  end
  local function notify(method, params)
    if client ~= watched or not on[method] then
      return forward(method, params)
    end
    on[method](params)
    return true
  end
  send = forward
  client.notify = is_method and function(_, ...)
    return notify(...)
  end or notify
end

--- Whether the server has the buffer.
function M.is_open(buffer)
  return opened[buffer] ~= nil
end

--- Gives the buffer to the server, as the document that it is now.
function M.open(buffer)
  local document = opened[buffer]
  if not document or document.uri ~= vim.uri_from_bufnr(buffer)
    or document.language ~= vim.bo[buffer].filetype then
    open(buffer)
  end
end

--- Takes the buffer from the server.
M.close = close

--- The server is gone, and its documents with it.
function M.forget()
  opened, buffers, watched = {}, {}, nil
  send = function() end
end

return M
