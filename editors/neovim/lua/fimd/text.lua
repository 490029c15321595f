-- Lines as the server is to see them: each is one line of the protocol too, and valid UTF-8.
--
-- Neovim ends a line where the file's format does; the protocol ends one at each CR as well, and
-- knows no bytes that are no characters. So a CR inside a line is sent as a blank, half of a
-- surrogate pair as U+FFFD, any other wrong byte as "?". Each is as wide as what it replaces, in
-- bytes and in UTF-16, so that positions stay what they are. Line ends are sent as LF.

local M = {}

local LINE_ENDS = { unix = '\n', dos = '\r\n', mac = '\r' }
local REPLACEMENT = '\239\191\189' -- U+FFFD

-- How many bytes a character has, by its first; the rest of a character is [\128-\191].
local function width(first)
  if first >= 0xC2 and first <= 0xDF then
    return 2
  elseif first >= 0xE0 and first <= 0xEF then
    return 3
  elseif first >= 0xF0 and first <= 0xF4 then
    return 4
  end
  return 1
end

-- The first bytes of `text`, which begins with no ASCII: what to send for them, and their number.
local function first_character(text, at)
  local first = text:byte(at)
  local count = width(first)
  local bytes = text:sub(at, at + count - 1)
  if count == 1 or #bytes < count or bytes:find('^.[\128-\191]+$') == nil then
    return '?', 1
  end
  local second = bytes:byte(2)
  if first == 0xED and second > 0x9F then
    return REPLACEMENT, 3
  end
  local overlong = (first == 0xE0 and second < 0xA0) or (first == 0xF0 and second < 0x90)
  if overlong or (first == 0xF4 and second > 0x8F) then
    return '?', 1
  end
  return bytes, count
end

local function valid(run)
  local pieces, at = {}, 1
  while at <= #run do
    local piece, count = first_character(run, at)
    pieces[#pieces + 1] = piece
    at = at + count
  end
  return table.concat(pieces)
end

--- `text`, lines that end as a file of `format` ("unix", "dos", "mac"), as it is sent.
function M.sent(text, format)
  local line_end = LINE_ENDS[format]
  if line_end ~= '\n' then
    text = text:gsub(line_end, '\n')
  end
  return (text:gsub('\r', ' '):gsub('[\128-\255]+', valid))
end

--- The text of a buffer as it is sent.
function M.of_buffer(buffer)
  local lines = vim.api.nvim_buf_get_lines(buffer, 0, -1, true)
  local last = vim.bo[buffer].endofline and '\n' or ''
  return M.sent(table.concat(lines, '\n') .. last, 'unix')
end

return M
