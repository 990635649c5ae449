#!/usr/bin/env bash
# Installs what the tests use and the machine lacks: bubblewrap, git and PostgreSQL from Debian's packages, coding agents from npm.
# What cannot be installed is said; the tests that need it say so again, by name.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

missing=()
command -v git > /dev/null || missing+=(git)
command -v bwrap > /dev/null || missing+=(bubblewrap)
command -v setpriv > /dev/null || missing+=(util-linux)
command -v jq > /dev/null || missing+=(jq)
command -v rg > /dev/null || missing+=(ripgrep)
command -v sqlite3 > /dev/null || missing+=(sqlite3)
command -v zip > /dev/null || missing+=(zip)
command -v unzip > /dev/null || missing+=(unzip)
compgen -G '/usr/lib/postgresql/*/bin/postgres' > /dev/null || command -v postgres > /dev/null || missing+=(postgresql)
for tool in gawk:gawk bc:bc xxd:xxd tree:tree file:file strings:binutils patch:patch column:bsdextrautils hexdump:bsdextrautils; do
  command -v "${tool%%:*}" > /dev/null || missing+=("${tool##*:}")
done

if ((${#missing[@]})); then
  as_root=()
  if [[ $(id -u) != 0 ]]; then
    if sudo -n true 2> /dev/null; then as_root=(sudo -n); else as_root=(false); fi
  fi
  if [[ ${as_root[0]:-} == false ]] || ! command -v apt-get > /dev/null; then
    echo "cannot install ${missing[*]}: that takes apt-get and root" >&2
  else
    echo "installing ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    "${as_root[@]}" apt-get update -qq > /dev/null \
      && "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null \
      || echo "cannot install ${missing[*]}: the package registry did not give them" >&2
  fi
fi

"$root/eng/install-agent.sh" || true
