#!/usr/bin/env bash
# The extension in Visual Studio Code's own workbench (code-server, steered in Chromium): `make test-vscode`.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
bench="$root/.vscode-workbench"
missing=()
for program in node npm rg python3 make g++; do
    command -v "$program" >/dev/null 2>&1 || missing+=("$program")
done
chromium=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}
[ -n "$chromium" ] || missing+=("chromium (or CHROMIUM=/its/path)")
if [ ${#missing[@]} -gt 0 ]; then
    echo "the workbench needs what is not on this machine: ${missing[*]}" >&2
    exit 1
fi
if [ "$(node -p 'parseInt(process.versions.node)')" != 20 ]; then
    echo "code-server 4.100 runs on Node.js 20 only, this is $(node --version)" >&2
    exit 1
fi
if ! cmp -s "$here/vscode/package-lock.json" "$bench/installed-lock.json"; then
    echo "Installing the workbench (about 300 MB, once)"
    rm -rf "$bench"
    bash "$here/vscode/setup.sh" "$bench"
fi
export ORMLINT="$root/.venv/bin/ormlint" VSIX="$root/build/ormlint.vsix" CHROMIUM="$chromium" WORKBENCH="$bench"
export PICTURES="${PICTURES:-$root/build/vscode-pictures}"
node "$here/vscode/e2e.mjs" "$@"
