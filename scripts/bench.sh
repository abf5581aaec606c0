#!/usr/bin/env bash
# Prints the tables of speed and memory; `make bench` has built bin/vitals before. No pass or fail: absolute times belong
# to the machine and its load. Everything runs on the loopback interface, in processes that end with this script.
#
#   scripts/bench.sh [--long] [--app-only | --server-only]
#
# --long takes about three times as long and gives steadier figures.
set -euo pipefail
cd "$(dirname "$0")/.."

long='' parts='server app'
for argument in "$@"; do
  case $argument in
    --long) long=yes ;;
    --server-only) parts=server ;;
    --app-only) parts=app ;;
    *) echo "bench: $argument is not known; allowed are --long, --server-only and --app-only" >&2; exit 2 ;;
  esac
done
[[ -x bin/vitals ]] || { echo 'bench: bin/vitals is missing; run make bench, or make build before' >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
skipped=()

# step LIMIT NAME COMMAND...: one part, bounded in time. A part that fails is told and the others go on.
step() {
  local limit=$1 name=$2 status=0
  shift 2
  timeout --foreground --kill-after=30s "$limit" "$@" || status=$?
  case $status in
    0) ;;
    124 | 137) skipped+=("$name: took longer than $limit") ;;
    *) skipped+=("$name: failed with status $status") ;;
  esac
}

if [[ $parts == *server* ]]; then
  (cd server && go build -o "$work/bench" ./cmd/bench)
  if [[ -n $long ]]; then resources=(--window 20s --rounds 5) fanout=(--window 20s --rounds 3) latency=(--window 2m)
  else resources=() fanout=() latency=(); fi
  step 20m resources "$work/bench" resources --binary "$PWD/bin/vitals" "${resources[@]}"
  step 15m fan-out "$work/bench" fanout --binary "$PWD/bin/vitals" "${fanout[@]}"
  step 5m 'sensor to socket' "$work/bench" latency --binary "$PWD/bin/vitals" "${latency[@]}"
fi

if [[ $parts == *app* ]]; then
  if chromium=$(scripts/chromium.sh); then
    export CHROMIUM=$chromium
    step 3m 'sensor to pixel' node frontend/e2e/latency.mjs "$PWD/bin/vitals"
    step 10m 'charts beside uPlot' npm --prefix frontend run --silent bench
  else
    skipped+=('sensor to pixel, charts beside uPlot: no Chromium')
  fi
fi

echo
if ((${#skipped[@]})); then
  printf 'Not measured: %s\n' "${skipped[@]}"
fi
echo 'Figures of one machine at one time; compare those of one run.'
