#!/usr/bin/env bash
# Prints the tables of `make bench`: what the server costs, what each viewer costs, how clients come back from a crash, how late
# a value is, what keeping the past costs, what drawing costs.
# Nothing passes or fails here: times belong to the machine and its load, ratios of one run travel. Everything runs on the
# loopback interface, in processes that end with this script.
#
#   scripts/bench.sh [--long] [resources] [fanout] [storm] [latency] [history] [app]
#
# Without names all parts run, in about fifteen minutes. --long takes about four times as long and gives steadier figures.
set -euo pipefail
cd "$(dirname "$0")/.."

long='' parts=()
for argument in "$@"; do
  case $argument in
    --long) long=yes ;;
    resources | fanout | storm | latency | history | app) parts+=("$argument") ;;
    *)
      echo "bench: no part $argument; there are resources, fanout, storm, latency, history and app, and the flag --long" >&2
      exit 2
      ;;
  esac
done
if [[ ${#parts[@]} -eq 0 ]]; then parts=(resources fanout storm latency history app); fi
[[ -x bin/vitals ]] || { echo 'bench: bin/vitals is missing; make bench builds it' >&2; exit 1; }

vitals=$PWD/bin/vitals
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
(cd server && go build -o "$work/bench" ./cmd/bench)
if ! chromium=$(scripts/chromium.sh); then chromium=''; fi
export CHROMIUM=$chromium
skipped=()

resources=() fanout=() storm=() latency=() history=() pixels=15 app=(--repeats 3 --seconds 3) clicks=10
if [[ -n $long ]]; then
  resources=(--window 15s --rounds 5) fanout=(--rounds 5) storm=(--viewers 10000) latency=(--window 2m) pixels=60
  history=(--window 15s --rounds 4 --sample 1s --samples 600 --queries 1000) app=() clicks=30
fi

# step LIMIT NAME COMMAND...: one measurement, bounded in time. One that fails is told at the end, and the others go on.
step() {
  local limit=$1 name=$2 status=0
  shift 2
  timeout --foreground --kill-after=30s "$limit" "$@" || status=$?
  case $status in
    0) ;;
    124 | 137) skipped+=("$name: took longer than $limit") ;;
    *) skipped+=("$name: ended with status $status") ;;
  esac
}

# in_browser LIMIT NAME COMMAND...: a step of the front end.
in_browser() {
  if [[ -z $chromium ]]; then
    skipped+=("$2: no Chromium")
    return
  fi
  cd frontend
  step "$@"
  cd ..
}

for part in "${parts[@]}"; do
  case $part in
    resources) step 20m "$part" "$work/bench" resources --binary "$vitals" "${resources[@]}" ;;
    fanout) step 40m "$part" "$work/bench" fanout --binary "$vitals" "${fanout[@]}" ;;
    storm) step 20m "$part" "$work/bench" storm --binary "$vitals" "${storm[@]}" ;;
    latency)
      step 5m 'sensor to socket' "$work/bench" latency --binary "$vitals" "${latency[@]}"
      in_browser 3m 'sensor to pixel' node e2e/latency.mjs "$vitals" "$pixels"
      ;;
    history) step 30m "$part" "$work/bench" history --binary "$vitals" "${history[@]}" ;;
    app)
      in_browser 20m 'charts beside uPlot' node bench/compare.mjs "${app[@]}"
      in_browser 5m 'a day of ten series' env VITALS_BINARY="$vitals" node bench/day.mjs
      in_browser 10m 'click to drawn' env VITALS_BINARY="$vitals" node bench/click.mjs --clicks "$clicks"
      ;;
  esac
done

echo
if [[ ${#skipped[@]} -gt 0 ]]; then printf 'Not measured: %s\n' "${skipped[@]}"; fi
echo "Measured on $(nproc) processors, load average at the end $(cut -d' ' -f1-3 /proc/loadavg). Compare figures of one run."
