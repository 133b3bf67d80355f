#!/usr/bin/env bash
# Install other people's validators from npm and read what ormlint writes with them.
set -euo pipefail
cd "$(dirname "$0")"
if ! command -v npm >/dev/null 2>&1; then
    echo "the validators need Node.js, with npm" >&2
    exit 1
fi
npm ci --ignore-scripts --no-audit --no-fund --loglevel error
cd ../..
ORMLINT_FORMATS=1 .venv/bin/python -m pytest -rs tests/formats
