#!/usr/bin/env bash
# Lints the two contracts in protocol/ by the rules of protocol/redocly.yaml. Any error or warning fails.
set -euo pipefail
cd "$(dirname "$0")/../frontend"

export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true
output=$(npx --no-install redocly lint --config ../protocol/redocly.yaml --format=stylish --max-problems 50 \
  ../protocol/openapi.yaml ../protocol/asyncapi.yaml 2>&1) || { printf '%s\n' "$output" >&2; exit 1; }
if grep -Eq '^ +[0-9]+:[0-9]+ +(error|warning)' <<<"$output"; then
  printf '%s\n' "$output" >&2
  exit 1
fi
echo 'openapi.yaml and asyncapi.yaml: nothing found'
