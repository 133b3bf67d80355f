#!/usr/bin/env bash
# Run the server in Helix within tmux: findings on the screen, the quick fix from its menu, written to the file.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
. "$here/shop.sh"
hx=${HX:-$(command -v hx || command -v helix || true)}
if [ -z "$hx" ] || ! command -v tmux >/dev/null 2>&1; then
    echo "Helix, or tmux to show it in, is not on this machine: left out"
    exit 0
fi
work=$(mktemp -d)
socket="$work/tmux"
trap 'tmux -S "$socket" kill-server 2>/dev/null || true; rm -rf "$work"' EXIT
mkdir -p "$work/config/helix" "$work/shop"
configuration "## Helix" >"$work/config/helix/languages.toml"
cat >"$work/config/helix/config.toml" <<'TOML'
[editor]
end-of-line-diagnostics = "hint"
[editor.inline-diagnostics]
cursor-line = "hint"
TOML
cd "$work/shop"
git init -q .
make_shop

screen() { tmux -S "$socket" capture-pane -p -t shop; }
keys() { tmux -S "$socket" send-keys -t shop "$@"; }
# wait_for TEXT: until it stands on the screen
wait_for() {
    for _ in $(seq 150); do
        if screen | grep -qF -- "$1"; then return; fi
        sleep 0.1
    done
    echo "FAIL \"$1\" does not appear" >&2
    screen >&2
    exit 1
}

# A server of its own, or the user's own settings of tmux would count.
tmux -S "$socket" -f /dev/null new-session -d -s shop -x 160 -y 40 \
    env "XDG_CONFIG_HOME=$work/config" "XDG_CACHE_HOME=$work/cache" "HOME=$work" "PATH=$root/.venv/bin:$PATH" LANG=C.UTF-8 "$hx" models.py
wait_for "one list as"
wait_for "no attribute \`nope\`"
keys "11G" "gl" "hh"
keys Space a
wait_for "Suppress ORM401"
wait_for "Use \`list\`"
keys Enter
wait_for "default=list"
keys ":w" Enter
for _ in $(seq 100); do
    if grep -q "Column(JSON, default=list)" models.py; then break; fi
    sleep 0.1
done
grep -q "Column(JSON, default=list)" models.py || { echo "FAIL it was not written" >&2; screen >&2; exit 1; }
keys ":q!" Enter
echo "Helix: 1 passed, 0 failed"
