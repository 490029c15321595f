-- What the tests of single Lua modules share: claims, and how they end.

local M = {}

local failures = 0

--- Prints a claim that does not hold.
function M.expect(claim, found, expected)
  if not vim.deep_equal(found, expected) then
    failures = failures + 1
    io.stdout:write(('FAILED %s: %s, expected %s\n'):format(claim, vim.inspect(found),
      vim.inspect(expected)))
  end
end

--- Prints whether all held, and ends Neovim with a status that says so.
function M.finish()
  io.stdout:write(failures == 0 and 'all claims hold\n' or failures .. ' failed\n')
  vim.cmd(failures == 0 and 'qa!' or 'cquit 1')
end

return M
