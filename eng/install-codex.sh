#!/usr/bin/env bash
# Installs the pinned Codex into .cache/npm of this repository, for the tests and demonstrations that run it.
# Does nothing when it is there; without npm or network it says so and fails without touching anything.
set -euo pipefail

version=0.169.0
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
target=$root/.cache/npm
package=$target/node_modules/@openai/codex/package.json

if [[ -f $package ]] && grep -q "\"version\": \"$version\"" "$package"; then
  echo "codex $version is installed: $target/node_modules/.bin/codex"
  exit 0
fi

if ! command -v npm > /dev/null; then
  echo "npm is not installed; codex $version is not installed" >&2
  exit 1
fi

echo "installing @openai/codex@$version into $target"
mkdir -p "$target"
if ! npm install --prefix "$target" --no-save --no-audit --no-fund "@openai/codex@$version"; then
  echo "the package registry could not be reached; codex $version is not installed" >&2
  exit 1
fi

echo "codex $version is installed: $target/node_modules/.bin/codex"
