#!/usr/bin/env bash
# Runs the Go server without its app and Vite beside it, and stops both when one ends or on Ctrl-C.
# Go changes take effect at the next start; the app reloads by itself. History is kept in bin/dev-data, so that a server that is
# installed beside it keeps its own; VITALS_DATA or ARGS='--data DIR' names another folder.
set -euo pipefail
cd "$(dirname "$0")/.."

(cd server && go build -o ../bin/vitals-dev ./cmd/vitals)

stop() {
  trap - EXIT INT TERM
  # Each child leads a process group of its own, so that npm's children end with it.
  for child in $(jobs -p); do kill -TERM -- "-$child" 2>/dev/null || true; done
  wait || true
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

set -m
# shellcheck disable=SC2086 # ARGS is a list of flags
VITALS_DATA=${VITALS_DATA:-bin/dev-data} bin/vitals-dev serve --static none ${ARGS:-} </dev/null &
(cd frontend && VITALS_SERVER="http://${VITALS_LISTEN:-127.0.0.1:8080}" exec npm run --silent dev </dev/null) &
wait -n
