-- The one server of this editor: starts it, gives it buffers, sends and receives.

local config = require('fimd.config')

local M = {
  id = nil, -- of the client, while the server runs
  status = { kind = 'Inactive', busy = false, message = '' },
  log = {}, -- the latest lines of the server's log
  on_ready = function() end, -- called with the client and a buffer when it is attached
}

local MAX_LOG_LINES = 500
local LEVELS = { 'error', 'warning', 'info', 'log', 'debug' }

local warned_of_missing = false

local function tell(message, level)
  vim.schedule(function()
    vim.notify('fimd: ' .. message, level)
  end)
end

local function add_to_log(level, message)
  for line in message:gmatch('[^\n]+') do
    table.insert(M.log, ('%s [%s] %s'):format(os.date('%H:%M:%S'), level, line))
  end
  while #M.log > MAX_LOG_LINES do
    table.remove(M.log, 1)
  end
end

function M.get()
  return M.id and vim.lsp.get_client_by_id(M.id) or nil
end

-- Since 0.11 these are methods; before, they are functions that know their client.
local function call(client, name, ...)
  if vim.fn.has('nvim-0.11') == 1 then
    return client[name](client, ...)
  end
  return client[name](...)
end

--- What positions are counted in.
function M.encoding()
  local client = M.get()
  return client and client.offset_encoding or 'utf-16'
end

--- Whether the server has the buffer and is ready.
function M.attached(buffer)
  local client = M.get()
  return client ~= nil and client.initialized == true and vim.lsp.buf_is_attached(buffer, M.id)
end

--- Sends a request of `buffer`; what waits of its changes goes first. Returns its id, or nil.
function M.request(method, params, buffer, handler)
  local client = M.get()
  if not client then
    return nil
  end
  local ok, id = call(client, 'request', method, params, handler, buffer)
  return ok and id or nil
end

function M.cancel(id)
  local client = M.get()
  if client and id then
    call(client, 'cancel_request', id)
  end
end

function M.notify(method, params)
  local client = M.get()
  if client then
    call(client, 'notify', method, params)
  end
end

--- Runs an item's command, which tells the server that all of it was accepted.
function M.run_command(command, buffer)
  if type(command) ~= 'table' then
    return
  end
  local params = { command = command.command, arguments = command.arguments }
  M.request('workspace/executeCommand', params, buffer, function() end)
end

local function project_root(buffer)
  local file = vim.api.nvim_buf_get_name(buffer)
  local folder = vim.fn.fnamemodify(file, ':p:h')
  local mark = vim.fn.finddir('.git', folder .. ';')
  if mark == '' then
    mark = vim.fn.findfile('.git', folder .. ';') -- a worktree's
  end
  return mark ~= '' and vim.fn.fnamemodify(mark, ':p:h:s?/.git$??') or folder
end

local function capabilities()
  local ours = vim.lsp.protocol.make_client_capabilities()
  ours.textDocument.inlineCompletion = { dynamicRegistration = false }
  return ours
end

-- Empty tables must become {} in JSON, not [].
local function settings_tree()
  local settings = config.options.settings
  return { fimd = next(settings) and settings or vim.empty_dict() }
end

local function handlers()
  return {
    ['$/fimd/status'] = function(_, status)
      M.status = status or M.status
      vim.cmd('redrawstatus!')
    end,
    ['window/logMessage'] = function(_, params)
      add_to_log(LEVELS[params.type] or 'log', params.message)
    end,
  }
end

-- A client that we stopped ourselves is not M.id any more.
local function on_exit(code, signal, id)
  if id ~= M.id then
    return
  end
  M.id = nil
  M.status = { kind = 'Error', busy = false, message = 'the server ended' }
  add_to_log('error', ('the server ended with status %d, signal %d'):format(code, signal))
  tell('the server ended; :Fimd log tells more, :Fimd enable starts it again', 3)
end

local function start(buffer)
  local cmd = config.options.cmd
  if vim.fn.executable(cmd[1]) ~= 1 then
    M.status = { kind = 'Error', busy = false, message = 'no executable ' .. cmd[1] }
    if not warned_of_missing then
      warned_of_missing = true
      tell(('there is no executable "%s". Put fimd on PATH, or name it: '):format(cmd[1])
        .. "require('fimd').setup{ cmd = { '/path/to/fimd', 'lsp' } }", 3)
    end
    return nil
  end
  local options = {
    name = 'fimd',
    cmd = cmd,
    root_dir = project_root(buffer),
    capabilities = capabilities(),
    settings = settings_tree(),
    handlers = handlers(),
    on_exit = on_exit,
    on_attach = function(client, attached)
      M.on_ready(client, attached)
      vim.cmd('redrawstatus!')
    end,
  }
  if vim.fn.has('nvim-0.11') == 1 then
    return vim.lsp.start(options, { attach = false })
  end
  return vim.lsp.start_client(options)
end

--- Whether the buffer is a file's, of a filetype that is enabled.
function M.wants(buffer)
  return vim.api.nvim_buf_is_loaded(buffer)
    and vim.bo[buffer].buftype == ''
    and vim.bo[buffer].filetype ~= ''
    and vim.api.nvim_buf_get_name(buffer) ~= ''
    and config.filetype_enabled(vim.bo[buffer].filetype)
end

--- Gives the buffer to the server, which starts if it does not run.
function M.attach(buffer)
  if not M.wants(buffer) then
    return
  end
  M.id = M.id or start(buffer)
  if M.id and not vim.lsp.buf_is_attached(buffer, M.id) then
    vim.lsp.buf_attach_client(buffer, M.id)
  end
end

--- Sends the settings again, after setup{} changed them.
function M.send_settings()
  local client = M.get()
  if client then
    client.config.settings = settings_tree()
    client.settings = client.config.settings
    M.notify('workspace/didChangeConfiguration', { settings = client.config.settings })
  end
end

function M.stop()
  local client = M.get()
  M.id = nil
  M.status = { kind = 'Inactive', busy = false, message = '' }
  if client then
    call(client, 'stop')
  end
end

return M
