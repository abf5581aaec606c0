#!/bin/sh
# Prints the CPU and the memory of the server's host as they are measured, and misses nothing when the connection breaks: the
# id of the last event is where the next connection goes on.
# sh examples/events.sh [http://127.0.0.1:8080]   (with curl)
server=${1:-http://127.0.0.1:8080}
last=$(mktemp)
trap 'rm -f "$last"' EXIT
trap 'exit 130' INT TERM

while :; do
  curl -sN -H "Last-Event-ID: $(cat "$last")" "$server/events?metrics=cpu,memory" |
    while IFS=' ' read -r field value; do
      case $field$value in
        id:*) echo "$value" >"$last" ;;
        data:*'"metric"'*) echo "$value" ;;
      esac
    done
  [ $? -lt 128 ] || exit 0 # nobody reads what is printed any more
  sleep 1
done
