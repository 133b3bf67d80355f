#!/usr/bin/env bash
# Install code-server from npm alone: its install scripts fetch from elsewhere, so they are left out and what they would
# build is built here.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
target=${1:?"usage: setup.sh FOLDER"}
mkdir -p "$target"
cp "$here/package.json" "$here/package-lock.json" "$target/"
cd "$target"

# A header of node's own is needed to build its add-ons; `npm` brings node-gyp along.
prefix=$(dirname "$(dirname "$(readlink -f "$(command -v node)")")")
if [ ! -f "$prefix/include/node/node.h" ]; then
    echo "node's headers are not in $prefix/include/node: install node with its headers (nodesource, nvm and the tarball of nodejs.org have them)" >&2
    exit 1
fi
gyp=$(npm root -g)/npm/node_modules/node-gyp/bin/node-gyp.js

npm ci --no-audit --no-fund --ignore-scripts --loglevel error
server=node_modules/code-server
code=$server/lib/vscode
# The package's own lock pins its set; it is not wholly in step with its package.json, so `npm ci` refuses it.
npm install --prefix "$code" --omit=dev --ignore-scripts --no-save --no-audit --no-fund --loglevel error
build() {
    local folder=$1
    shift
    (cd "$folder" && node "$gyp" rebuild --nodedir="$prefix" "$@") >build.log 2>&1 || { cat build.log >&2; exit 1; }
}
for addon in @vscode/spdlog native-watchdog node-pty; do
    build "$code/node_modules/$addon"
done
build node_modules/argon2 --module_name=argon2 --module_path="$PWD/node_modules/argon2/lib/binding/napi-v3"
ln -sfn node_modules "$code/node_modules.asar"
ln -sfn code-linux.sh "$code/bin/remote-cli/code-server"
mkdir -p "$code/node_modules/@vscode/ripgrep/bin"
ln -sfn "$(command -v rg)" "$code/node_modules/@vscode/ripgrep/bin/rg"
XDG_CONFIG_HOME="$PWD/config" node "$server/out/node/entry.js" --version
cp package-lock.json installed-lock.json
