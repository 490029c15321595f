-- nvim --headless -u NONE -i NONE --cmd 'set rtp^=editors/neovim' -S text_test.lua
-- What editors/neovim/lua/fimd/text.lua sends: valid, of the same lines, as wide as what it was.

local text = require('fimd.text')
local claims = dofile(debug.getinfo(1, 'S').source:match('@(.*/)') .. 'claims.lua')
local expect = claims.expect

local MARK = '\239\191\189'
expect('a CR in a line', text.sent('#a\rb\n', 'unix'), '#a b\n')
expect('a CR at its end', text.sent('a\r\nb', 'unix'), 'a \nb')
expect('line ends of DOS', text.sent('a\r\nb\r\n', 'dos'), 'a\nb\n')
expect('a CR before one', text.sent('a\r\r\nb\rc\r\n', 'dos'), 'a \nb c\n')
expect('line ends of old', text.sent('a\rb\r', 'mac'), 'a\nb\n')
expect('characters', text.sent('\195\169\226\130\172\240\159\152\128\127\0', 'unix'), '\195\169\226\130\172\240\159\152\128\127\0')
expect('halves of a pair', text.sent('\237\160\189\237\184\128', 'unix'), MARK .. MARK)
expect('a byte of Latin-1', text.sent('caf\233\n', 'unix'), 'caf?\n')
expect('a character cut short', text.sent('\226\130', 'unix'), '??')
expect('a lone continuation', text.sent('a\128b', 'unix'), 'a?b')
expect('too long a form', text.sent('\192\175\224\128\175', 'unix'), '?????')
expect('beyond the last character', text.sent('\244\144\128\128', 'unix'), '????')
expect('the last character', text.sent('\244\143\191\191', 'unix'), '\244\143\191\191')

-- At random, of what may go wrong; every line keeps its bytes.
math.randomseed(9)
local parts = { 'a', '\r', '\n', '\195\169', '\240\159\152\128', '\128', '\237\160\189', '\255', '\226\130', '\240' }
for _ = 1, 2000 do
  local pieces = {}
  for i = 1, math.random(12) do
    pieces[i] = parts[math.random(#parts)]
  end
  local given = table.concat(pieces)
  local sent = text.sent(given, 'unix')
  local before, after = vim.split(given, '\n'), vim.split(sent:gsub('\r', '\n'), '\n')
  expect('the number of lines of ' .. vim.inspect(given), #after, #before)
  for i, line in ipairs(before) do
    expect('the bytes of ' .. vim.inspect(line), #(after[i] or ''), #line)
  end
  expect('a second time', text.sent(sent, 'unix'), sent)
end

claims.finish()
