-- Defines :Fimd and the <Plug> maps; everything else waits for require('fimd').setup{}.
if vim.g.loaded_fimd or vim.fn.has('nvim-0.7') ~= 1 then
  return
end
vim.g.loaded_fimd = true

vim.api.nvim_create_user_command('Fimd', function(command)
  require('fimd.command').run(command.fargs)
end, {
  nargs = '*',
  desc = 'fimd: enable, disable, toggle, snooze, restart, status, log',
  complete = function(beginning, line)
    return require('fimd.command').complete(beginning, line)
  end,
})

for _, action in ipairs({ 'accept', 'accept_word', 'accept_line', 'dismiss', 'next', 'trigger' }) do
  vim.keymap.set('i', ('<Plug>(fimd-%s)'):format(action:gsub('_', '-')), function()
    require('fimd')[action]()
  end, { desc = 'fimd: ' .. action:gsub('_', ' ') })
end
