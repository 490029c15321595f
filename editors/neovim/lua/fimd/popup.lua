-- Ghost text beside the popup menu. One rule: while an item of the popup is selected, the keys are
-- the popup's and there is no ghost text; while none is, the ghost text stays and has its keys.

local keys = require('fimd.keys')

local M = {}

--- Whether an item of the popup menu is selected.
function M.is_selected()
  return vim.fn.pumvisible() == 1 and vim.fn.complete_info({ 'selected' }).selected >= 0
end

--- Calls `callback` with no popup open: at once, or when the popup, of which nothing is selected,
--- has been closed by its key.
function M.close_and(callback)
  if vim.fn.pumvisible() ~= 1 then
    return callback()
  end
  keys.type_then('<C-e>', callback)
end

return M
