#!/usr/bin/env bash
# What needs Node.js: the extension for Visual Studio Code, and other people's validators of the formats.
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v npm >/dev/null 2>&1 || ! node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)'; then
    echo "Node.js 20 or newer, with npm, is not on this machine: the extension and the validators of formats are left out"
    exit 0
fi
if ! npm view typescript version --fetch-retries=1 --fetch-timeout=20000 >/dev/null 2>&1; then
    echo "npm reaches no registry from here: the extension and the validators of formats are left out"
    exit 0
fi
make --no-print-directory vscode formats
