#!/usr/bin/env bash
# Installs bin/vitals as a systemd service on this machine, or takes it away again. May be run as often as you like:
# only what differs is written, and the service is restarted only then.
#
#   scripts/install.sh                  install or update
#   scripts/install.sh --uninstall      stop and remove the service and the binary; /etc/vitals and the history stay
#   scripts/install.sh --uninstall --purge    remove /etc/vitals and the history too
#   --dry-run                           say what would be done, change nothing
#   --root DIR                          install below DIR and leave systemd alone (images, packages, tests)
set -euo pipefail
cd "$(dirname "$0")/.."

dry_run=false uninstall=false purge=false root=''
changed=false

usage() { sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"; }
fail() { echo "install: $*" >&2; exit 1; }

while [[ $# -gt 0 ]]; do
  case $1 in
    --dry-run) dry_run=true ;;
    --uninstall) uninstall=true ;;
    --purge) purge=true ;;
    --root)
      [[ $# -ge 2 && $2 == /* ]] || fail "--root wants an absolute folder"
      root=${2%/}
      shift
      ;;
    -h | --help) usage; exit 0 ;;
    *) fail "unknown option $1; --help lists them" ;;
  esac
  shift
done
$purge && ! $uninstall && fail "--purge goes with --uninstall only"

readonly binary=$root/usr/local/bin/vitals
readonly unit=$root/etc/systemd/system/vitals.service
readonly settings=$root/etc/vitals/vitals.env
readonly histories=("$root/var/lib/vitals" "$root/var/lib/private/vitals") # systemd makes the first a link to the second
readonly document=$root/usr/local/share/doc/vitals/README.md

step() {
  echo "+ $*"
  $dry_run || "$@"
}

systemd() {
  if [[ -n $root ]]; then return 0; fi
  if [[ ! -d /run/systemd/system ]]; then
    echo "systemd is not running here; skipped: systemctl $*"
    return 0
  fi
  step systemctl "$@"
}

# put MODE SOURCE TARGET writes the target, through a new file, only when it differs.
put() {
  local mode=$1 source=$2 target=$3
  if [[ -e $target ]] && cmp -s "$source" "$target"; then return 0; fi
  step install -D -m "$mode" "$source" "$target.new"
  step mv -f "$target.new" "$target"
  changed=true
}

install_all() {
  [[ -x bin/vitals ]] || fail "bin/vitals is missing; run: make build"
  put 0755 bin/vitals "$binary"
  put 0644 deploy/systemd/vitals.service "$unit"
  put 0644 README.md "$document"
  if [[ ! -e $settings ]]; then put 0640 deploy/systemd/vitals.env "$settings"; fi
  if $changed && $dry_run; then
    echo "dry run: nothing was changed"
    return
  fi
  if ! $changed; then
    echo "already installed and current"
    systemd enable --quiet --now vitals.service
    return
  fi
  systemd daemon-reload
  systemd enable --quiet vitals.service
  systemd restart vitals.service
  echo "installed $("$PWD/bin/vitals" version 2>/dev/null || echo vitals); settings: $settings"
}

remove() {
  local target
  for target in "$@"; do
    if [[ -e $target ]]; then
      step rm -f "$target"
      changed=true
    fi
  done
}

uninstall_all() {
  local folder
  if [[ -e $unit ]]; then systemd disable --quiet --now vitals.service; fi
  remove "$unit" "$binary" "$document"
  if [[ -d ${document%/*} ]]; then step rmdir --ignore-fail-on-non-empty "${document%/*}"; fi
  if $purge; then
    remove "$settings"
    for folder in "${histories[@]}"; do
      if [[ -e $folder && ! -L $folder ]]; then step rm -rf "$folder"; changed=true; else remove "$folder"; fi
    done
    if [[ -d ${settings%/*} ]]; then step rmdir --ignore-fail-on-non-empty "${settings%/*}"; fi
  fi
  if $changed; then systemd daemon-reload; fi
  if $dry_run; then echo "dry run: nothing was changed"; else echo "uninstalled"; fi
}

if ! $dry_run && [[ -z $root && $(id -u) -ne 0 ]]; then fail "needs root; run: sudo $0"; fi
if $uninstall; then uninstall_all; else install_all; fi
