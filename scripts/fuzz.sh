#!/usr/bin/env bash
# Runs every fuzz target of the Go module for a while, one on each processor; the properties of the TypeScript decoder run with
# the app's tests. An input that breaks a target is kept under the package's testdata/fuzz: commit it with the mend.
#
#   scripts/fuzz.sh [TIME [PATTERN]]     TIME for each target, such as 10s (default) or 5m; PATTERN is a regular expression on names
set -euo pipefail
cd "$(dirname "$0")/../server"

time=${1:-10s} pattern=${2:-.}
mapfile -t packages < <(git ls-files '*_test.go' | xargs grep -l '^func Fuzz' | xargs -n1 dirname | sort -u)
[[ ${#packages[@]} -gt 0 ]] || { echo 'fuzz: no targets found' >&2; exit 1; }

targets=() chosen=() # a package and a target in it; the packages of these
for package in "${packages[@]}"; do
  mapfile -t names < <(grep -ho '^func Fuzz[A-Za-z0-9_]*' "$package"/*_test.go | cut -c6- | grep -E -- "$pattern" || true)
  for name in "${names[@]}"; do targets+=("$package $name"); done
  if [[ ${#names[@]} -gt 0 ]]; then chosen+=("$package"); fi
done
[[ ${#targets[@]} -gt 0 ]] || { echo "fuzz: no target is called $pattern" >&2; exit 1; }

programs=$(mktemp -d)
trap 'rm -rf "$programs"' EXIT
inputs=$(go env GOCACHE)/fuzz/$(go list -m)
export time programs inputs

# build_targets PACKAGE: one build of a package serves all of its targets.
build_targets() {
  mkdir -p "$programs/$1"
  go test -c -fuzz=. -o "$programs/$1/fuzz" "./$1"
}

# run_target PACKAGE TARGET: prints what breaks it. Making an interesting input small may take a minute without an end of its
# own; it is worth a hundred tries. On a busy machine the program may miss its own deadline at the end: that is no finding.
run_target() {
  local output
  if output=$(cd "$1" && "$programs/$1/fuzz" -test.run='^$' -test.fuzz="^$2\$" -test.fuzztime="$time" \
    -test.fuzzminimizetime=100x -test.fuzzcachedir="$inputs/$1" -test.parallel=1 2>&1); then
    echo "--- ./$1 $2"
    return
  fi
  if grep -q 'context deadline exceeded' <<<"$output" && ! grep -Eq 'Failing input|panic|testdata/fuzz' <<<"$output"; then
    echo "--- ./$1 $2: ended late"
    return
  fi
  printf '%s\n' "--- ./$1 $2" "$(grep -Ev 'gathering baseline|fuzz: elapsed: [0-9smh]*, execs: ' <<<"$output")"
  return 1
}
export -f build_targets run_target

# each FUNCTION: calls it with every line of the input as its arguments, one call on each processor.
each() { xargs -r -L1 -P"$(nproc)" bash -c 'set -euo pipefail; '"$1"' "$@"' "$1"; }

printf '%s\n' "${chosen[@]}" | each build_targets
printf '%s\n' "${targets[@]}" | each run_target
echo "${#targets[@]} targets, $time each: nothing broke"
