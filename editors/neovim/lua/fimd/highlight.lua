-- The looks of ghost text: told from code, and from comments, with true colours and without.

local M = {}

local GREY = 244 -- of the 256 colours: halfway between black and white, so for both backgrounds

-- The foreground of comments, or nil.
local function comment_colour()
  if vim.api.nvim_get_hl then
    return vim.api.nvim_get_hl(0, { name = 'Comment', link = false }).fg
  end
  local found, comment = pcall(vim.api.nvim_get_hl_by_name, 'Comment', true)
  return found and comment.foreground or nil
end

--- Gives FimdGhost its colours, unless the user or the colour scheme did.
function M.define()
  vim.api.nvim_set_hl(0, 'FimdGhost', {
    default = true,
    fg = comment_colour() or '#808080',
    italic = true,
    ctermfg = GREY,
    cterm = { italic = true },
  })
end

--- Gives Neovim's own ghost text the same, where the colour scheme leaves it to NonText: without
--- true colours that is often none.
function M.define_native()
  if vim.api.nvim_get_hl(0, { name = 'ComplHint' }).link == 'NonText' then
    vim.api.nvim_set_hl(0, 'ComplHint', { link = 'FimdGhost' })
  end
end

return M
