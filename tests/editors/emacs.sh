#!/usr/bin/env bash
# Run the server in Emacs (eglot, which 29 and newer have built in): findings, fixes, suppression and hover on a small project.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
. "$here/shop.sh"
if ! command -v emacs >/dev/null 2>&1; then
    echo "Emacs is not on this machine: left out"
    exit 0
fi
# Debian's packages (elpa-eglot with Emacs 28) are found by its own start-up file only.
start=(--quick)
debian=/usr/share/emacs/site-lisp/debian-startup.el
has_eglot() { emacs --batch "$@" --eval "(kill-emacs (if (require 'eglot nil t) 0 1))" >/dev/null 2>&1; }
if ! has_eglot "${start[@]}"; then
    start=(-l "$debian" --eval "(package-initialize)")
    if [ ! -f "$debian" ] || ! has_eglot "${start[@]}"; then
        echo "Emacs is here without eglot: left out"
        exit 0
    fi
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
make_shop
configuration "## Emacs" >"$work/configuration.el"
export OUT="$work/out" CONFIGURATION="$work/configuration.el" PATH="$root/.venv/bin:$PATH" LANG=C.UTF-8
timeout 120 emacs --batch "${start[@]}" -l "$here/emacs.el" >"$work/log" 2>&1 || { cat "$work/log" "$OUT"; exit 1; }
cat "$OUT"
# Emacs counts characters: the emoji before the keyword is one.
grep -q '^11:33 <\[\]> .*one list as `default`' "$OUT"
grep -q '^14:12 <nope> .*no attribute `nope`' "$OUT"
for said in fixed suppressed "all fixed" card ended; do
    grep -qx "$said" "$OUT"
done
echo "Emacs: 1 passed, 0 failed"
