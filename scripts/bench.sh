#!/usr/bin/env bash
# Prints the tables of `make bench`: what the server costs, what each viewer costs, how late a value is, what drawing costs.
# Takes the parts to run as arguments; without any it runs all. Nothing passes or fails here.
set -euo pipefail
cd "$(dirname "$0")/.."

parts=("$@")
if [[ ${#parts[@]} -eq 0 ]]; then parts=(resources fanout latency app); fi
for part in "${parts[@]}"; do
  case $part in
    resources | fanout | latency | app) ;;
    *)
      echo "bench: no part $part; there are resources, fanout, latency and app" >&2
      exit 2
      ;;
  esac
done

(cd server && go build -o ../bin/bench ./cmd/bench)
for part in "${parts[@]}"; do
  echo "==> $part"
  if [[ $part == app ]]; then
    chromium=$(scripts/chromium.sh)
    (cd frontend && CHROMIUM=$chromium node bench/compare.mjs)
  else
    bin/bench "$part" --binary bin/vitals
  fi
done
