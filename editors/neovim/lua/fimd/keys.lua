-- Keys that do something while ghost text is shown, and otherwise what they did before.

local config = require('fimd.config')

local M = {
  kept = {}, -- by buffer, by key: the mapping of the buffer that ours replaced
}

local function feed(keys, remap)
  local codes = vim.api.nvim_replace_termcodes(keys, true, true, true)
  vim.api.nvim_feedkeys(codes, remap and 'im' or 'in', false)
end

-- The mapping that the key has without us: the buffer's own, else the global one of now.
local function mapping_before(key)
  local kept = M.kept[vim.api.nvim_get_current_buf()]
  if kept and kept[key] then
    return kept[key]
  end
  local wanted = vim.api.nvim_replace_termcodes(key, true, true, true)
  for _, mapping in ipairs(vim.api.nvim_get_keymap('i')) do
    if vim.api.nvim_replace_termcodes(mapping.lhs, true, true, true) == wanted then
      return mapping
    end
  end
end

local pending -- a Lua callback on its way through the typeahead

function M.run_pending()
  local callback = pending
  pending = nil
  if callback then
    callback()
  end
end

--- Types `keys` and calls `callback` after what they do.
function M.type_then(keys, callback)
  pending = callback
  feed(keys .. '<Cmd>lua require("fimd.keys").run_pending()<CR>', false)
end

--- Does what the key did before.
function M.fall_back(key)
  local mapping = mapping_before(key)
  if not mapping then
    return feed(key, false)
  end
  local remap = mapping.noremap ~= 1
  if mapping.expr == 1 then
    local keys
    if mapping.callback then
      keys = mapping.callback()
    else
      keys = vim.api.nvim_eval((mapping.rhs:gsub('<SID>', ('<SNR>%d_'):format(mapping.sid))))
    end
    if type(keys) ~= 'string' or keys == '' then
      return
    end
    if mapping.replace_keycodes == 1 then
      return feed(keys, remap)
    end
    return vim.api.nvim_feedkeys(keys, remap and 'im' or 'in', true)
  end
  if mapping.callback then
    return M.type_then('', mapping.callback)
  end
  local rhs = mapping.rhs:gsub('<SID>', ('<SNR>%d_'):format(mapping.sid))
  -- A mapping to itself and more would end here again.
  feed(rhs, remap and rhs:sub(1, #key):lower() ~= key:lower())
end

--- Maps the keys in a buffer. `actions`: by the names of config.keys, functions that return false
--- if there is nothing for them to do. They run where the buffer may be changed.
function M.map(buffer, actions)
  if M.kept[buffer] then
    return
  end
  M.kept[buffer] = {}
  for name, key in pairs(config.options.keys) do
    if key then
      for _, mapping in ipairs(vim.api.nvim_buf_get_keymap(buffer, 'i')) do
        if mapping.lhs:lower() == key:lower() then
          M.kept[buffer][key] = mapping
        end
      end
      vim.keymap.set('i', key, function()
        if actions[name]() == false then
          M.fall_back(key)
        end
      end, { buffer = buffer, desc = 'fimd: ' .. name:gsub('_', ' ') })
    end
  end
end

--- The buffer is gone, and its mappings with it.
function M.forget(buffer)
  M.kept[buffer] = nil
end

--- Takes the keys away and puts back what they replaced.
function M.unmap(buffer)
  local kept = M.kept[buffer]
  if not kept then
    return
  end
  M.kept[buffer] = nil
  for _, key in pairs(config.options.keys) do
    if key then
      pcall(vim.keymap.del, 'i', key, { buffer = buffer })
      local mapping = kept[key]
      if mapping then
        vim.api.nvim_buf_set_keymap(buffer, 'i', key, mapping.rhs or '', {
          expr = mapping.expr == 1, noremap = mapping.noremap == 1, silent = mapping.silent == 1,
          nowait = mapping.nowait == 1, callback = mapping.callback,
        })
      end
    end
  end
end

return M
