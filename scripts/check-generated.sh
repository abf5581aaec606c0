#!/usr/bin/env bash
# Runs `make gen` and fails if one of the files given changed by it. The new content stays, ready to be committed.
set -euo pipefail
cd "$(dirname "$0")/.."

before=$(mktemp -d)
trap 'rm -rf "$before"' EXIT
for file in "$@"; do
  mkdir -p "$before/$(dirname "$file")"
  if [[ -e $file ]]; then cp -p "$file" "$before/$file"; fi
done

make --no-print-directory gen

stale=()
for file in "$@"; do
  if ! diff -u --label "$file (as it was)" --label "$file (generated)" "$before/$file" "$file"; then
    stale+=("$file")
  else
    cp -p "$before/$file" "$file" # the same content keeps its time
  fi
done
if [[ ${#stale[@]} -gt 0 ]]; then
  echo "not current: ${stale[*]}. They have been written again; commit them." >&2
  exit 1
fi
echo "$# generated files are current"
