#!/usr/bin/env bash
# Runs every fuzz target of the Go module for a while, one after the other; the properties of the TypeScript decoder run with
# the app's tests. An input that breaks a target is kept under the package's testdata/fuzz: commit it with the mend.
#
#   scripts/fuzz.sh [TIME [PATTERN]]     TIME for each target, such as 10s (default) or 5m; PATTERN is a regular expression on names
set -euo pipefail
cd "$(dirname "$0")/../server"

time=${1:-10s} pattern=${2:-.}
mapfile -t packages < <(git ls-files '*_test.go' | xargs grep -l '^func Fuzz' | xargs -n1 dirname | sort -u)
[[ ${#packages[@]} -gt 0 ]] || { echo 'fuzz: no targets found' >&2; exit 1; }

ran=0
for package in "${packages[@]}"; do
  # One build of a package serves all of its targets.
  mapfile -t targets < <(grep -ho '^func Fuzz[A-Za-z0-9_]*' "$package"/*_test.go | cut -c6- | grep -E -- "$pattern" || true)
  for target in "${targets[@]}"; do
    # Making an interesting input small may take a minute without an end of its own; it is worth a hundred tries.
    echo "--- ./$package $target"
    go test -run='^$' -fuzz="^$target\$" -fuzztime="$time" -fuzzminimizetime=100x "./$package" | grep -Ev '^(PASS|ok )|gathering baseline|fuzz: elapsed: [0-9smh]*, execs: .*$' || [[ ${PIPESTATUS[0]} -eq 0 ]]
    ran=$((ran + 1))
  done
done
echo "$ran targets, $time each: nothing broke"
