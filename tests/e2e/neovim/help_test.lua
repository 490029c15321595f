-- nvim --headless -u NONE -i NONE --cmd 'set rtp^=editors/neovim' -S help_test.lua
-- :help fimd says what is so: the defaults of setup{}, the subcommands, the <Plug> maps.

local failures = 0

local function expect(claim, holds)
  if not holds then
    failures = failures + 1
    io.stdout:write('FAILED ' .. claim .. '\n')
  end
end

vim.cmd('runtime plugin/fimd.lua')
local file = vim.api.nvim_get_runtime_file('doc/fimd.txt', false)[1]
local help = table.concat(vim.fn.readfile(file), '\n')
local config = require('fimd.config')

local shown = help:match("These are the defaults: >\n\n%s+require%('fimd'%)%.setup(%b{})")
expect('the defaults are those of the code',
  vim.deep_equal(loadstring('return ' .. shown)(), config.defaults))

for _, name in ipairs(require('fimd.command').complete('', 'Fimd ')) do
  expect(':Fimd ' .. name .. ' is there', help:find('\n:Fimd [%[]?' .. name) ~= nil)
end

for _, mapping in ipairs(vim.api.nvim_get_keymap('i')) do
  if mapping.lhs:match('^<Plug>%(fimd') then
    expect(mapping.lhs .. ' is there', help:find(mapping.lhs, 1, true) ~= nil)
  end
end

for name in pairs(config.defaults.keys) do
  expect('the key ' .. name .. ' is there', help:find('\n' .. name .. ' +%u') ~= nil)
  local plug = '<Plug>(fimd-' .. name:gsub('_', '-') .. ')'
  expect(plug .. ' is defined', vim.fn.maparg(plug, 'i') ~= '' or vim.fn.has('nvim-0.8') ~= 1)
end

io.stdout:write(failures == 0 and 'all claims hold\n' or failures .. ' failed\n')
vim.cmd(failures == 0 and 'qa!' or 'cquit 1')
