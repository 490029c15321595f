-- :checkhealth fimd

local M = {}

-- Since 0.9 the names have no `report_`.
local health = vim.health or require('health')
local start = health.start or health.report_start
local ok = health.ok or health.report_ok
local info = health.info or health.report_info
local fail = health.error or health.report_error

function M.check()
  local client, config = require('fimd.client'), require('fimd.config')
  start('fimd')
  local version = vim.version()
  local name = ('Neovim %d.%d.%d'):format(version.major, version.minor, version.patch)
  if vim.fn.has('nvim-0.7') ~= 1 then
    fail(name .. ' is too old; fimd needs 0.7')
    return
  end
  ok(name .. ', ghost text by ' .. (config.native() and 'Neovim' or 'fimd'))

  local cmd = config.options.cmd
  if vim.fn.executable(cmd[1]) ~= 1 then
    fail(('no executable "%s"'):format(cmd[1]),
      { 'put fimd on PATH', "or name it: require('fimd').setup{ cmd = { 'PATH', 'lsp' } }" })
    return
  end
  ok('the server is ' .. vim.fn.exepath(cmd[1]))
  if client.get() then
    ok(('it runs; positions are %s; status %s %s'):format(client.encoding(), client.status.kind,
      client.status.message))
  else
    info('it does not run: it starts with the first file of an enabled filetype after setup{}')
  end

  for action, key in pairs(config.options.keys) do
    if key and vim.fn.maparg(key, 'i') ~= '' then
      info(('%s is also mapped globally; fimd goes before it while ghost text is shown (%s)')
        :format(key, action))
    end
  end
end

return M
