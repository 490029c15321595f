-- nvim --headless -u NONE -i NONE --cmd 'set rtp^=editors/neovim' -S status_test.lua
-- What editors/neovim/lua/fimd/status.lua makes of a status, whatever part a server leaves out.

local client, config = require('fimd.client'), require('fimd.config')
local status = require('fimd.status')
local claims = dofile(debug.getinfo(1, 'S').source:match('@(.*/)') .. 'claims.lua')
local expect = claims.expect

vim.api.nvim_buf_set_name(0, vim.fn.getcwd() .. '/q.py')
vim.bo.filetype = 'python'
local uri = vim.uri_from_bufnr(0)

local function check(claim, given, word, rest)
  client.status = given
  expect(claim, status.word(), word)
  expect(claim .. ', in a sentence', status.sentence(),
    'fimd: the server is not running and does not have this buffer' .. rest)
end

check('nothing', { kind = 'Normal' }, 'fimd', '')
check('busy', { kind = 'Normal', busy = true, message = '' }, 'fimd ...', '')
check('a model', { kind = 'Normal', message = '', model = 'demo', state = 'ready' }, 'fimd',
  '; model demo (ready)')
check('a model of no state', { kind = 'Normal', model = 'demo' }, 'fimd', '; model demo')
check('loading', { kind = 'Normal', busy = true, message = 'loading demo', model = 'demo',
  state = 'loading', percent = 40 }, 'fimd: loading demo, 40 %',
  '; model demo (loading); loading demo, 40 %')
local silence = { uri = uri, reason = 'ignored', text = 'the file is ignored' }
check('silence', { kind = 'Normal', message = '', silence = silence },
  'fimd: the file is ignored', '; the file is ignored')
check('silence that is the message', { kind = 'Inactive', message = 'the file is ignored',
  silence = silence }, 'fimd: the file is ignored', '; the file is ignored')
check('silence of another', { kind = 'Normal', silence = { uri = uri .. 'x', reason = 'prose' } },
  'fimd', '')
check('silence without a text', { kind = 'Normal', silence = { uri = uri, reason = 'prose' } },
  'fimd: prose', '; prose')
config.enable_filetype('python', false)
check('what we know', { kind = 'Normal', silence = silence }, 'fimd: off for python',
  '; off for python')
config.snoozed = true
check('a pause', { kind = 'Normal', silence = silence }, 'fimd: snoozed',
  '; snoozed: suggests only when asked')
check('an error in a pause', { kind = 'Error', message = 'no such model' },
  'fimd: no such model', '; no such model; snoozed: suggests only when asked')

claims.finish()
