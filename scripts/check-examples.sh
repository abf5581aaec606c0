#!/usr/bin/env bash
# Runs the examples against a server of its own and wants at least four lines with the right series from each.
# Interpreters that are missing are named, not passed over in silence; Node must be there.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
bin/vitals serve --source simulate --static none --interval 200ms --listen 127.0.0.1:0 --data "$work/data" >"$work/address" 2>"$work/log" &
server=$!
trap 'kill "$server" 2>/dev/null; wait "$server" 2>/dev/null || true; rm -rf "$work"' EXIT

for _ in $(seq 100); do
  url=$(sed -n 's|^Vitals is at http://\(.*\)/$|\1|p' "$work/address")
  [ -n "$url" ] && break
  sleep 0.1
done
[ -n "$url" ] || { echo "the server did not start:"; cat "$work/log"; exit 1; }

passed=0 failed=0
example() { # name, scheme, command...
  local name=$1 address=$2://$url lines
  shift 2
  lines=$(timeout 20 "$@" "$address" 2>"$work/error" | head -n 4 | grep -cE 'cpu|memory' || true)
  if [ "$lines" = 4 ]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "$name printed $lines of 4 lines:"
    cat "$work/error"
  fi
}

node_flag=
[ "$(node -p 'typeof WebSocket')" = undefined ] && node_flag=--experimental-websocket
for name in plain session; do
  example "examples/$name.mjs" ws node ${node_flag:+"$node_flag"} "examples/$name.mjs"
done
example examples/events.sh http sh examples/events.sh
# The first python3 that has the package, a system's own one too.
for python in python3 /usr/bin/python3 ''; do
  [ -n "$python" ] && "$python" -c 'import websockets' 2>/dev/null && break
done
if [ -n "$python" ]; then
  example examples/plain.py ws "$python" examples/plain.py
else
  echo "left out: examples/plain.py, no python3 has the package websockets (Debian: apt-get install python3-websockets)"
fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
