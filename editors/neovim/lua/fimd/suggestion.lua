-- A suggestion against a buffer's line: where it goes, what of it is typed already. No state, no
-- editor: only strings and numbers.
--
--   line     self.items.ap|)         the cursor; `replaced` is what stands right of it in `range`
--   before   self.items.
--   text                append(item)
--   replaced              )
--
-- A suggestion is a table: row (from 0), before (the line up to its range), text, replaced, after
-- (the line behind its range), full (the item's whole text), skipped (bytes of `full` that lie on
-- lines above `row`, after a part with line ends was accepted), item (the server's).

local M = {}

local function starts_with(text, prefix)
  return text:sub(1, #prefix) == prefix
end

--- The byte in `line` of a position's `character`; past the end means the end.
function M.byte_index(line, character, encoding)
  if encoding == 'utf-8' then
    return math.min(character, #line)
  end
  if vim.fn.has('nvim-0.11') == 1 then
    return vim.str_byteindex(line, encoding, character, false)
  end
  local ok, byte = pcall(vim.str_byteindex, line, character, encoding == 'utf-16')
  return ok and byte or #line
end

--- The `character` of a byte in `line`.
function M.character(line, byte, encoding)
  byte = math.min(byte, #line)
  if encoding == 'utf-8' then
    return byte
  end
  if vim.fn.has('nvim-0.11') == 1 then
    return vim.str_utfindex(line, encoding, byte, false)
  end
  local utf32, utf16 = vim.str_utfindex(line, byte)
  return encoding == 'utf-16' and utf16 or utf32
end

--- From an item that replaces the bytes [first, last) of `line`, with the cursor at `cursor`.
function M.new(item, row, line, first, last, cursor)
  return {
    row = row,
    before = line:sub(1, first),
    text = item.insertText,
    replaced = line:sub(cursor + 1, math.max(last, cursor)),
    after = line:sub(math.max(last, cursor) + 1),
    full = item.insertText,
    skipped = 0,
    item = item,
  }
end

--- From the server's item, asked for at byte `cursor` of `line`; nil if it is not for this line.
function M.from_item(item, row, line, cursor, encoding)
  if type(item.insertText) ~= 'string' then
    return nil
  end
  local first, last = cursor, cursor
  local range = item.range
  if type(range) == 'table' then
    if range.start.line ~= row or range['end'].line ~= row then
      return nil
    end
    first = M.byte_index(line, range.start.character, encoding)
    last = M.byte_index(line, range['end'].character, encoding)
  end
  if first > cursor then
    return nil
  end
  return M.new(item, row, line, first, last, cursor)
end

--- How many bytes of `text` stand in the buffer before the cursor: the user may have typed what
--- was suggested. Nil if the user typed something else or moved away.
function M.typed_bytes(suggestion, row, column, line)
  local first = #suggestion.before
  if row ~= suggestion.row or column < first or not starts_with(line, suggestion.before) then
    return nil
  end
  local typed = line:sub(first + 1, column)
  if not starts_with(suggestion.text, typed) then
    return nil
  end
  if line:sub(column + 1) ~= suggestion.replaced .. suggestion.after then
    return nil
  end
  return #typed
end

--- The beginning of `rest` up to and with its first word, or one run of other characters.
function M.first_word(rest)
  return rest:match('^%s*[%w_\128-\255]+') or rest:match('^%s*[^%w_%s\128-\255]+') or rest
end

--- The beginning of `rest` up to the end of its line; if it begins with a line end, the next line.
function M.first_line(rest)
  return rest:match('^\n?[^\n]*')
end

--- The suggestion after the first `bytes` of its text were inserted: with line ends among them, it
--- goes on in a later row.
function M.advance(suggestion, bytes)
  local inserted = suggestion.text:sub(1, bytes)
  local _, line_ends = inserted:gsub('\n', '')
  if line_ends == 0 then
    return suggestion
  end
  local above = #inserted:match('^.*\n')
  local next_one = vim.deepcopy(suggestion)
  next_one.row = suggestion.row + line_ends
  next_one.before = ''
  next_one.text = suggestion.text:sub(above + 1)
  next_one.skipped = suggestion.skipped + above
  return next_one
end

--- UTF-16 units of the first `bytes` of `text`, the unit of the protocol for parts.
function M.utf16_length(text, bytes)
  return M.character(text, bytes, 'utf-16')
end

return M
