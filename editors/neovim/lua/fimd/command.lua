-- :Fimd SUBCOMMAND

local M = {}

local function show_log()
  local lines = require('fimd.client').log
  vim.cmd('botright new')
  vim.bo.buftype = 'nofile'
  vim.bo.bufhidden = 'wipe'
  vim.bo.swapfile = false
  vim.api.nvim_buf_set_lines(0, 0, -1, false, #lines > 0 and lines or { 'fimd wrote no log' })
  vim.bo.modifiable = false
  vim.cmd('normal! G')
end

local function show_status()
  local fimd, client = require('fimd'), require('fimd.client')
  local running = client.get() and 'running' or 'not running'
  local here = fimd.attached() and 'has this buffer' or 'does not have this buffer'
  local message = client.status.message ~= '' and '; ' .. client.status.message or ''
  print(('fimd: the server is %s and %s%s'):format(running, here, message))
end

local subcommands = {
  enable = function() require('fimd').enable() end,
  disable = function() require('fimd').disable() end,
  toggle = function() require('fimd').toggle() end,
  status = show_status,
  log = show_log,
}

function M.run(name)
  local subcommand = subcommands[name == '' and 'status' or name]
  if subcommand then
    subcommand()
  else
    vim.notify(('fimd: no subcommand "%s"; see :help :Fimd'):format(name), vim.log.levels.ERROR)
  end
end

function M.complete(beginning)
  local names = vim.tbl_filter(function(name)
    return name:sub(1, #beginning) == beginning
  end, vim.tbl_keys(subcommands))
  table.sort(names)
  return names
end

return M
