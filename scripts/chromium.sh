#!/usr/bin/env bash
# Prints the path of a Chromium for the browser story. Installs Debian's when there is none and this user may.
set -euo pipefail

find_chromium() {
  local name
  for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome-stable google-chrome; do
    if [[ -n $name ]] && command -v "$name"; then return 0; fi
  done
  return 1
}

as_root() {
  if [[ $(id -u) -eq 0 ]]; then "$@"; else sudo -n "$@"; fi
}

may_install() {
  command -v apt-get >/dev/null || return 1
  [[ $(id -u) -eq 0 ]] || sudo -n true 2>/dev/null
}

if find_chromium; then exit 0; fi
if may_install; then
  echo "installing Chromium from the distribution's packages" >&2
  as_root apt-get update -qq >&2 || true
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-liberation >&2 || true
  if find_chromium; then exit 0; fi
fi
echo "The browser story needs Chromium. Install it with: sudo apt-get install chromium" >&2
echo "or name another one: CHROMIUM=/path/to/chrome make test" >&2
exit 1
