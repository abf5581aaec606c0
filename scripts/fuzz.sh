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

# run_target PACKAGE TARGET: prints what breaks it. Making an interesting input small may take a minute without an end of its
# own; it is worth a hundred tries. On a busy machine the toolchain may miss its own deadline at the end: that is no finding.
run_target() {
  local output
  if output=$(go test -run='^$' -fuzz="^$2\$" -fuzztime="$time" -fuzzminimizetime=100x "./$1" 2>&1); then return; fi
  if grep -q 'context deadline exceeded' <<<"$output" && ! grep -Eq 'Failing input|panic|testdata/fuzz' <<<"$output"; then
    echo 'ended late'
    return
  fi
  grep -Ev 'gathering baseline|fuzz: elapsed: [0-9smh]*, execs: ' <<<"$output"
  return 1
}

ran=0
for package in "${packages[@]}"; do
  # One build of a package serves all of its targets.
  mapfile -t targets < <(grep -ho '^func Fuzz[A-Za-z0-9_]*' "$package"/*_test.go | cut -c6- | grep -E -- "$pattern" || true)
  for target in "${targets[@]}"; do
    echo "--- ./$package $target"
    run_target "$package" "$target"
    ran=$((ran + 1))
  done
done
[[ $ran -gt 0 ]] || { echo "fuzz: no target is called $pattern" >&2; exit 1; }
echo "$ran targets, $time each: nothing broke"
