-- The server in Neovim: findings, the quick fix through the editor's own menu, and what is left afterwards.
local out = io.open(os.getenv("OUT"), "w")
local function say(text) out:write(text .. "\n"); out:flush() end
local function fail(text) say("FAIL " .. text); vim.cmd("cquit 1") end
local config = { name = "ormlint", cmd = { os.getenv("ORMLINT"), "server" }, root_dir = vim.fn.getcwd() }

vim.cmd("edit models.py")
local buffer = vim.api.nvim_get_current_buf()
local id
if vim.lsp.start then
  id = vim.lsp.start(config)
else -- before 0.8
  id = vim.lsp.start_client(config)
  vim.lsp.buf_attach_client(buffer, id)
end

local function found() return vim.diagnostic.get(buffer) end
if not vim.wait(15000, function() return #found() == 2 end, 50) then fail("2 findings expected, not " .. #found()) end
table.sort(found(), function(a, b) return a.lnum < b.lnum end)
for _, item in ipairs(found()) do say(("%d:%d %s %s"):format(item.lnum + 1, item.col + 1, item.code, item.source)) end

for _, item in ipairs(found()) do
  if item.code == "ORM401" then vim.api.nvim_win_set_cursor(0, { item.lnum + 1, item.col + 1 }) end
end
vim.ui.select = function(items, _, choose)
  for index, item in ipairs(items) do
    local action = item.action or item[2]
    if action.isPreferred then return choose(item, index) end
  end
  fail("no preferred action")
end
vim.lsp.buf.code_action()
local function line() return vim.api.nvim_buf_get_lines(buffer, 10, 11, false)[1] end
if not vim.wait(8000, function() return line():find("default=list", 1, true) ~= nil end, 50) then fail("not fixed: " .. line()) end
if not vim.wait(8000, function() return #found() == 1 end, 50) then fail("1 finding expected, not " .. #found()) end
say("fixed")
vim.cmd("qall!")
