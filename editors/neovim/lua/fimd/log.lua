-- What the server said, for :Fimd log: its messages, and from Neovim's own log of language servers
-- what it wrote to stderr, where the reason of a death stands.

local M = { lines = {} }

local MAX_LINES = 500
local MAX_READ_BYTES = 65536

local read_bytes = 0 -- of Neovim's log

local function path()
  return require('vim.lsp.log').get_filename()
end

local function add_line(level, line)
  table.insert(M.lines, ('%s [%s] %s'):format(os.date('%H:%M:%S'), level, line))
  if #M.lines > MAX_LINES then
    table.remove(M.lines, 1)
  end
end

function M.add(level, message)
  for line in message:gmatch('[^\n]+') do
    add_line(level, line)
  end
end

--- What stands in Neovim's log now is of older servers.
function M.begin()
  read_bytes = math.max(vim.fn.getfsize(path()), 0)
end

-- Whether `line` came as a message too, which is the line less its beginning "fimd: LEVEL: ".
local function is_known(line)
  local message = line:match('^fimd: %a+: (.*)$')
  if not message then
    return false
  end
  for _, known in ipairs(M.lines) do
    if known:sub(-#message) == message then
      return true
    end
  end
  return false
end

--- Adds what `program` wrote to stderr since begin(), less what came as a message too.
function M.add_stderr(program)
  local file = io.open(path(), 'rb')
  if not file then
    return
  end
  local size_bytes = file:seek('end')
  file:seek('set', math.max(read_bytes, size_bytes - MAX_READ_BYTES))
  local written = file:read('*a') or ''
  file:close()
  read_bytes = size_bytes
  local mark = ('"rpc"\t%s\t"stderr"\t'):format(vim.inspect(program))
  for entry in written:gmatch('[^\n]+') do
    local _, last = entry:find(mark, 1, true)
    local quoted = last and entry:sub(last + 1)
    if quoted then
      for line in quoted:sub(2, -2):gsub('\\n', '\n'):gsub('\\(.)', '%1'):gmatch('[^\n]+') do
        if not is_known(line) then
          add_line('stderr', line)
        end
      end
    end
  end
end

return M
