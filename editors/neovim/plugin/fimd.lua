-- Defines :Fimd; everything else waits for require('fimd').setup{}.
if vim.g.loaded_fimd or vim.fn.has('nvim-0.7') ~= 1 then
  return
end
vim.g.loaded_fimd = true

vim.api.nvim_create_user_command('Fimd', function(command)
  require('fimd.command').run(command.args)
end, {
  nargs = '?',
  desc = 'fimd: enable, disable, toggle, status, log',
  complete = function(beginning)
    return require('fimd.command').complete(beginning)
  end,
})
