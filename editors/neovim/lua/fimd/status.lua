-- How fimd fares, in a word for the statusline and in a sentence: what the server says of itself,
-- and what only we know, which goes before it. The server may leave out any part.

local client = require('fimd.client')
local config = require('fimd.config')

local M = {}

-- Why there are no suggestions in the current buffer; nil if nothing keeps them away.
local function silence()
  if config.snoozed then
    return 'snoozed: suggests only when asked'
  end
  local filetype = vim.bo.filetype
  if filetype ~= '' and not config.filetype_enabled(filetype) then
    return 'off for ' .. filetype
  end
  local told = client.status.silence
  if type(told) == 'table' and told.uri == vim.uri_from_bufnr(0) then
    return told.text or told.reason
  end
end

-- What the server has to say, with how much of a model is loaded.
local function message()
  local status = client.status
  local text = status.message or ''
  if text ~= '' and type(status.percent) == 'number' then
    text = ('%s, %d %%'):format(text, status.percent)
  end
  return text ~= '' and text or nil
end

--- For a statusline, where the server has a part in the buffer.
function M.word()
  local trouble = client.status.kind == 'Error' and message()
  if trouble then
    return 'fimd: ' .. trouble
  end
  if config.snoozed then
    return 'fimd: snoozed'
  end
  local text = message() or silence()
  if text then
    return 'fimd: ' .. text
  end
  return client.status.busy and 'fimd ...' or 'fimd'
end

--- For :Fimd status.
function M.sentence()
  local status = client.status
  local parts = { ('the server is %s and %s'):format(client.get() and 'running' or 'not running',
    client.attached(vim.api.nvim_get_current_buf()) and 'has this buffer'
      or 'does not have this buffer') }
  if type(status.model) == 'string' then
    parts[#parts + 1] = ('model %s%s'):format(status.model,
      type(status.state) == 'string' and ' (' .. status.state .. ')' or '')
  end
  parts[#parts + 1] = message()
  local reason = silence()
  if reason and reason ~= parts[#parts] then
    parts[#parts + 1] = reason
  end
  return 'fimd: ' .. table.concat(parts, '; ')
end

return M
