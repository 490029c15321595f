-- :Fimd SUBCOMMAND [ARGUMENT]

local M = {}

local function show_log()
  local log = require('fimd.log')
  log.add_stderr(require('fimd.config').options.cmd[1])
  vim.cmd('botright new')
  vim.bo.buftype = 'nofile'
  vim.bo.bufhidden = 'wipe'
  vim.bo.swapfile = false
  local lines = #log.lines > 0 and log.lines or { 'fimd wrote no log' }
  vim.api.nvim_buf_set_lines(0, 0, -1, false, lines)
  vim.bo.modifiable = false
  vim.cmd('normal! G')
end

local function show_status()
  print(require('fimd.status').sentence())
end

local function toggle(filetype)
  if not filetype then
    return require('fimd').toggle()
  end
  local on = require('fimd').toggle_filetype(filetype)
  print(('fimd: %s for %s'):format(on and 'on' or 'off', filetype))
end

local function snooze(argument)
  local minutes = tonumber(argument or 5)
  if not minutes or minutes < 0 then
    return vim.notify(('fimd: "%s" is no number of minutes'):format(argument),
      vim.log.levels.ERROR)
  end
  require('fimd').snooze(minutes)
  print(minutes > 0 and ('fimd: snoozed for %g minutes'):format(minutes) or 'fimd: awake')
end

local subcommands = {
  enable = function() require('fimd').enable() end,
  disable = function() require('fimd').disable() end,
  toggle = toggle,
  snooze = snooze,
  restart = function() require('fimd').restart() end,
  status = show_status,
  log = show_log,
}

--- `arguments`: the subcommand, which is `status` if there is none, and what follows it.
function M.run(arguments)
  local name, argument = arguments[1] or 'status', arguments[2]
  if not subcommands[name] then
    return vim.notify(('fimd: no subcommand "%s"; see :help :Fimd'):format(name),
      vim.log.levels.ERROR)
  end
  subcommands[name](argument)
end

--- What can follow `line`, which ends with `beginning`.
function M.complete(beginning, line)
  if line:match('^%s*Fimd%s+toggle%s') then
    return vim.fn.getcompletion(beginning, 'filetype')
  end
  local names = vim.tbl_filter(function(name)
    return name:sub(1, #beginning) == beginning
  end, vim.tbl_keys(subcommands))
  table.sort(names)
  return names
end

return M
