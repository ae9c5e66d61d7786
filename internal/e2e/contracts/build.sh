#!/bin/sh
# Regenerates the committed .abi and .bin files from the .sol files. Needs Node
# and the npm registry; the tests need neither.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
SOLC_PREFIX=$(mktemp -d)
export SOLC_PREFIX
trap 'rm -rf "$SOLC_PREFIX"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$SOLC_PREFIX" solc@0.8.37
node "$here/build.mjs"
