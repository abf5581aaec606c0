#!/usr/bin/env bash
# Checks the shell scripts of the repository: syntax always, shellcheck when it is installed.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts=(.ci/run scripts/*.sh)
for script in "${scripts[@]}"; do bash -n "$script"; done
if ! command -v shellcheck >/dev/null; then
  echo "${#scripts[@]} scripts parse; shellcheck is not installed, so no more was checked"
  exit 0
fi
shellcheck "${scripts[@]}"
echo "${#scripts[@]} scripts, shellcheck found nothing"
