-- Decides whether a server that ended is worth starting again: not at the fifth end in three
-- minutes, as in every editor.

local M = {}

local MAX_CRASHES = 4
local WINDOW_MS = 3 * 60 * 1000

local crashes_ms = {}

--- Notes an end at `now_ms`; returns whether to start again.
function M.may_restart(now_ms)
  crashes_ms = vim.tbl_filter(function(crash_ms)
    return now_ms - crash_ms < WINDOW_MS
  end, crashes_ms)
  table.insert(crashes_ms, now_ms)
  return #crashes_ms <= MAX_CRASHES
end

--- The user starts anew.
function M.forget()
  crashes_ms = {}
end

return M
