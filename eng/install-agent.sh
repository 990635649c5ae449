#!/usr/bin/env bash
# Installs pinned coding agents from npm into .cache/agents of this repository, each into a folder of its own, for the tests and
# demonstrations that run them. Does nothing for one that is there; without npm or network it says so and fails.
#   eng/install-agent.sh              all of them
#   eng/install-agent.sh codex        some of them
set -uo pipefail

declare -A packages=(
  [codex]=@openai/codex@0.169.0
  [claude]=@anthropic-ai/claude-code@2.1.197
  [opencode]=opencode-ai@1.18.33
  [gemini]=@google/gemini-cli@0.61.0
  [claude-agent-acp]=@agentclientprotocol/claude-agent-acp@0.49.0
)
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
wanted=("$@")
((${#wanted[@]})) || wanted=("${!packages[@]}")
failed=0

for agent in "${wanted[@]}"; do
  package=${packages[$agent]:-}
  if [[ -z $package ]]; then
    echo "there is no agent '$agent' here; there are: ${!packages[*]}" >&2
    exit 2
  fi
  target=$root/.cache/agents/$agent
  program=$target/node_modules/.bin/$agent
  if [[ -e $program ]] && grep -q "\"version\": \"${package##*@}\"" "$target/node_modules/${package%@*}/package.json"; then
    echo "$package is installed: $program"
    continue
  fi
  if ! command -v npm > /dev/null; then
    echo "npm is not installed; $package is not installed" >&2
    failed=1
    continue
  fi
  echo "installing $package into $target"
  mkdir -p "$target"
  if npm install --prefix "$target" --no-save --no-audit --no-fund --loglevel=error "$package" > /dev/null && [[ -e $program ]]; then
    echo "$package is installed: $program"
  else
    echo "$package could not be installed from the package registry" >&2
    failed=1
  fi
done
exit $failed
