#!/usr/bin/env bash
# Type-check, test and package the extension from npm packages alone: build/ormlint.vsix.
set -euo pipefail
cd "$(dirname "$0")"
if ! command -v npm >/dev/null 2>&1 || ! node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)'; then
    echo "the extension needs Node.js 20 or newer, with npm" >&2
    exit 1
fi
# Some packages ask to run programs when they are installed; none of that is needed.
npm ci --ignore-scripts --no-audit --no-fund --loglevel error
npm run --silent check
npm test --silent
mkdir -p ../../build
npm run --silent package -- --out ../../build/ormlint.vsix
