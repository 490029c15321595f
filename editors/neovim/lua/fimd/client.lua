-- The one server of this editor: starts it, gives it buffers, sends and receives.

local config = require('fimd.config')
local crashes = require('fimd.crashes')
local documents = require('fimd.documents')
local log = require('fimd.log')

local M = {
  id = nil, -- of the client, while the server runs
  status = { kind = 'Inactive', busy = false, message = '' },
  on_ready = function() end, -- called with a buffer when the server has it
  on_close = function() end, -- called with a buffer that the server has no more
  on_end = function() end, -- called when the server ended by itself: whether it is to start again
}

local LEVELS = { 'error', 'warning', 'info', 'log', 'debug' }

local warned_of_missing = false

local function tell(message, level)
  vim.schedule(function()
    vim.notify('fimd: ' .. message, level)
  end)
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
  return client ~= nil and client.initialized == true and documents.is_open(buffer)
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

--- Tells the server which document is in front.
function M.focus(buffer)
  if M.attached(buffer) then
    M.notify('$/fimd/didFocus', { textDocument = { uri = vim.uri_from_bufnr(buffer) } })
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
  local settings = config.settings()
  return { fimd = next(settings) and settings or vim.empty_dict() }
end

--- Sends the settings again, after something changed them.
function M.send_settings()
  local client = M.get()
  if client then
    client.config.settings = settings_tree()
    client.settings = client.config.settings
    M.notify('workspace/didChangeConfiguration', { settings = client.config.settings })
  end
end

local function handlers()
  return {
    ['$/fimd/status'] = function(_, status)
      M.status = status or M.status
      vim.cmd('redrawstatus!')
    end,
    ['window/logMessage'] = function(_, params)
      log.add(LEVELS[params.type] or 'log', params.message)
    end,
  }
end

-- Called in the midst of things, where little is allowed.
local function on_exit(code, signal)
  vim.schedule(function()
    log.add_stderr(config.options.cmd[1])
    log.add('error', ('the server ended with status %d, signal %d'):format(code, signal))
    documents.forget()
    local again = crashes.may_restart((vim.uv or vim.loop).now())
    local message = again and 'the server ended; it starts again'
      or 'the server ended five times; see :Fimd log, then :Fimd restart'
    M.status = { kind = 'Error', busy = false, message = message }
    if not again then
      tell(message, 3)
    end
    M.on_end(again)
    vim.cmd('redrawstatus!')
  end)
end

-- How the server is started. Neovim tells the user of each end of a server, since 0.11 in so many
-- words that Enter has to be pressed in the midst of typing; it hears of a good end, and we tell.
local function transport(cmd, ended)
  if vim.fn.has('nvim-0.11') ~= 1 then
    return cmd
  end
  return function(dispatchers)
    local on_end = dispatchers.on_exit
    dispatchers.on_exit = function(code, signal)
      ended.code, ended.signal = code, signal
      on_end(0, 0)
    end
    return vim.lsp.rpc.start(cmd, dispatchers)
  end
end

local function on_init(client)
  M.status = { kind = 'Normal', busy = false, message = '' } -- what was, was of the server before
  documents.watch(client)
  if vim.fn.has('nvim-0.8') ~= 1 then -- later ones send them themselves
    client.notify('workspace/didChangeConfiguration', { settings = settings_tree() })
  end
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
  log.begin()
  local ended = {}
  local options = {
    name = 'fimd',
    cmd = transport(cmd, ended),
    root_dir = project_root(buffer),
    capabilities = capabilities(),
    settings = settings_tree(),
    flags = { debounce_text_changes = 0 }, -- what is sent is what is there
    handlers = handlers(),
    on_exit = function(code, signal, id)
      if id == M.id then -- else we stopped it ourselves
        M.id = nil
        on_exit(ended.code or code, ended.signal or signal)
      end
    end,
    on_init = on_init,
    on_attach = function(_, attached)
      M.on_ready(attached)
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

--- Gives the buffer to the server, which starts if it does not run, or takes it away: whatever its
--- name and its filetype ask for now.
function M.attach(buffer)
  if not M.wants(buffer) then
    return M.detach(buffer)
  end
  M.id = M.id or start(buffer)
  if not M.id then
    return
  end
  if not vim.lsp.buf_is_attached(buffer, M.id) then
    vim.lsp.buf_attach_client(buffer, M.id)
  elseif M.get() and M.get().initialized then
    local was_open = documents.is_open(buffer)
    documents.open(buffer)
    if not was_open then
      M.on_ready(buffer)
    end
  end
end

--- Takes the buffer from the server.
function M.detach(buffer)
  if documents.is_open(buffer) then
    documents.close(buffer)
    M.on_close(buffer)
  end
end

function M.stop()
  local client = M.get()
  M.id = nil
  M.status = { kind = 'Inactive', busy = false, message = '' }
  crashes.forget()
  documents.forget()
  if client then
    call(client, 'stop')
  end
end

return M
