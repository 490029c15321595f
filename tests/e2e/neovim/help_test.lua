-- nvim --headless -u NONE -i NONE --cmd 'set rtp^=editors/neovim' -S help_test.lua
-- :help fimd says what is so: the defaults of setup{}, the subcommands, the <Plug> maps.

local claims = dofile(debug.getinfo(1, 'S').source:match('@(.*/)') .. 'claims.lua')
local expect = claims.expect

vim.cmd('runtime plugin/fimd.lua')
local file = vim.api.nvim_get_runtime_file('doc/fimd.txt', false)[1]
local help = table.concat(vim.fn.readfile(file), '\n')
local config = require('fimd.config')

local shown = help:match("These are the defaults: >\n\n%s+require%('fimd'%)%.setup(%b{})")
expect('the defaults are those of the code',
  loadstring('return ' .. shown)(), config.defaults)

for _, name in ipairs(require('fimd.command').complete('', 'Fimd ')) do
  expect(':Fimd ' .. name .. ' is there', help:find('\n:Fimd [%[]?' .. name) ~= nil, true)
end

for _, mapping in ipairs(vim.api.nvim_get_keymap('i')) do
  if mapping.lhs:match('^<Plug>%(fimd') then
    expect(mapping.lhs .. ' is there', help:find(mapping.lhs, 1, true) ~= nil, true)
  end
end

for name in pairs(config.defaults.keys) do
  expect('the key ' .. name .. ' is there', help:find('\n' .. name .. ' +%u') ~= nil, true)
  local plug = '<Plug>(fimd-' .. name:gsub('_', '-') .. ')'
  expect(plug .. ' is defined', vim.fn.maparg(plug, 'i') ~= '' or vim.fn.has('nvim-0.8') ~= 1, true)
end

claims.finish()
