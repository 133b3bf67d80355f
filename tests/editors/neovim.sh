#!/usr/bin/env bash
# Run the server in a headless Neovim: findings and a quick fix on a small project.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
. "$here/shop.sh"
if ! command -v nvim >/dev/null 2>&1; then
    echo "Neovim is not on this machine: left out"
    exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
make_shop
configuration "## Neovim" >"$work/new.lua"
configuration "### Neovim 0.8 to 0.10" >"$work/old.lua"
configuration "### All safe fixes on save, in Neovim 0.10 and newer" >"$work/save.lua"
export OUT="$work/out" SAVE="$work/save.lua" NEW="$work/new.lua" OLD="$work/old.lua" PATH="$root/.venv/bin:$PATH"
timeout 60 nvim --headless -u NONE -i NONE -n -c "luafile $here/neovim.lua" || { cat "$OUT"; exit 1; }
cat "$OUT"
grep -qx '11:33 ORM401 ormlint' "$OUT"
# Neovim counts bytes: the emoji before the keyword is four.
grep -qx '14:15 ORM201 ormlint' "$OUT"
grep -qx 'fixed' "$OUT"
echo "Neovim: 1 passed, 0 failed"
