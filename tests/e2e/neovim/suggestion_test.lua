-- nvim --headless -u NONE -i NONE --cmd 'set rtp^=editors/neovim' -S suggestion_test.lua
-- The arithmetic of editors/neovim/lua/fimd/suggestion.lua, on lines with and without wide letters.

local suggestion = require('fimd.suggestion')
local claims = dofile(debug.getinfo(1, 'S').source:match('@(.*/)') .. 'claims.lua')
local expect = claims.expect

local function range(first, last)
  return { start = { line = 3, character = first }, ['end'] = { line = 3, character = last } }
end

-- An item for `line` with the cursor at `^`.
local function at_cursor(annotated, item, encoding)
  local column = annotated:find('^', 1, true) - 1
  local line = annotated:gsub('%^', '')
  return suggestion.from_item(item, 3, line, column, encoding or 'utf-16')
end

local function typed(current, annotated, row)
  local column = annotated:find('^', 1, true) - 1
  local line = annotated:gsub('%^', '')
  return current and suggestion.typed_bytes(current, row or 3, column, line)
end

local smile = '\240\159\152\128' -- one code point, 2 units of UTF-16, 4 bytes
local wide = { ['utf-8'] = 7, ['utf-16'] = 5, ['utf-32'] = 4 }
for encoding, character in pairs(wide) do
  local line = 'x ' .. smile .. ' y'
  expect(encoding .. ' to bytes', suggestion.byte_index(line, character, encoding), 7)
  expect(encoding .. ' past the end', suggestion.byte_index(line, 99, encoding), #line)
  expect('bytes to ' .. encoding, suggestion.character(line, 7, encoding), character)
end

local item = { insertText = 'append(item)', range = range(6, 9) }
local current = at_cursor('items.ap^)', item)
expect('what stands before the range', current.before, 'items.')
expect('what it replaces on the right', current.replaced, ')')
expect('typed at first', typed(current, 'items.ap^)'), 2)
expect('typed along', typed(current, 'items.appe^)'), 4)
expect('something else typed', typed(current, 'items.apx^)'), nil)
expect('deleted below its range', typed(current, 'items^)'), nil)
expect('another row', typed(current, 'items.ap^)', 4), nil)
expect('something else on the right', typed(current, 'items.ap^))'), nil)
expect('a range on another line', suggestion.from_item(
  { insertText = 'a', range = { start = { line = 2, character = 0 },
    ['end'] = { line = 3, character = 0 } } }, 3, '', 0, 'utf-8'), nil)
expect('a snippet', at_cursor('^', { insertText = { kind = 'snippet', value = '$0' } }), nil)
expect('no range', typed(at_cursor('a ^ b', { insertText = 'c' }), 'a ^ b'), 0)

expect('a word', suggestion.first_word('  return x'), '  return')
expect('signs', suggestion.first_word('(item)'), '(')
expect('over a line end', suggestion.first_word('\n    next_one()'), '\n    next_one')
expect('blanks only', suggestion.first_word('  '), '  ')
expect('a line', suggestion.first_line('a b\nc'), 'a b')
expect('from a line end', suggestion.first_line('\n  c\nd'), '\n  c')

local lines = at_cursor('if x:^', { insertText = '\n  a = 1\n  b = 2' })
local later = suggestion.advance(lines, #'\n  a = 1\n  b')
expect('the row goes on', later.row, 5)
expect('its text', later.text, '  b = 2')
expect('typed there', typed(later, '  b^', 5), 3)
expect('counted from the beginning', later.skipped, #'\n  a = 1\n')
expect('UTF-16 units', suggestion.utf16_length(smile .. 'ab', 5), 3)

claims.finish()
