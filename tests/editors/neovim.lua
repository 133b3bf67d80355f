-- The server in Neovim: findings, the quick fix through the editor's own menu, and what is left afterwards.
local out = io.open(os.getenv("OUT"), "w")
local function say(text) out:write(text .. "\n"); out:flush() end
local function fail(text) say("FAIL " .. text); vim.cmd("cquit 1") end
local version = vim.version()
say(("Neovim %d.%d.%d"):format(version.major, version.minor, version.patch))

-- The configuration is that of docs/editors.md, where this Neovim can take it.
vim.cmd("filetype on")
local newer = vim.fn.has("nvim-0.11") == 1
if newer or vim.fn.has("nvim-0.8") == 1 then dofile(os.getenv(newer and "NEW" or "OLD")) end
vim.cmd("edit models.py")
local buffer = vim.api.nvim_get_current_buf()
if vim.fn.has("nvim-0.8") == 0 then
  local config = { name = "ormlint", cmd = { "ormlint", "server" }, root_dir = vim.fn.getcwd() }
  vim.lsp.buf_attach_client(buffer, vim.lsp.start_client(config))
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

if vim.fn.has("nvim-0.10") == 1 then
  dofile(os.getenv("SAVE"))
  vim.api.nvim_buf_set_lines(buffer, 11, 11, false, { "    labels = Column(JSON, default={})" })
  vim.cmd("write")
  local file = io.open("models.py"):read("a")
  if not file:find("labels = Column(JSON, default=dict)", 1, true) then fail("not fixed as it was saved: " .. file) end
  say("fixed as it was saved")
end
vim.cmd("qall!")
