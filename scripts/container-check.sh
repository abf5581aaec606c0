#!/usr/bin/env bash
# Builds the image of the Dockerfile and runs it with the options of docker-compose.yml, on a machine that can reach no
# image registry: the two base images are made from this machine's own Go and Node.js. Then it looks at the answers.
# Needs root, buildah, podman, runc or crun, busybox (static), curl, Node.js and Go. Everything it makes is removed at the end.
#
# What it cannot check: Debian's real base images, Docker's own engine and health-check timer, compose's own parsing.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly address=127.0.0.1:${PORT:-18476}
readonly container=vitals-check-$$
runtime=${RUNTIME:-$(command -v runc || command -v crun || true)}
work=$(mktemp -d "${TMPDIR:-/tmp}/vitals-container.XXXXXX")
failed=0

fail() { echo "container-check: $*" >&2; exit 1; }
ok() { echo "  ok    $*"; }
bad() { echo "  FAIL  $*"; failed=$((failed + 1)); }
skipped() { echo "  --    $*"; }
# expect WHAT WANT HAVE compares two values.
expect() { if [[ $2 == "$3" ]]; then ok "$1: $3"; else bad "$1: $3, should be $2"; fi; }

storage=(--root "$work/storage" --runroot "$work/run" --storage-driver "${STORAGE_DRIVER:-overlay}")
podman() { command podman "${storage[@]}" --runtime "$runtime" --cgroup-manager cgroupfs --events-backend none "$@"; }
buildah() { command buildah "${storage[@]}" "$@"; }

cleanup() {
  podman rm --force --time 2 "$container" >/dev/null 2>&1 || true
  podman image rm --all --force >/dev/null 2>&1 || true
  umount "$work/storage/overlay" 2>/dev/null || true
  chmod -R u+w "$work" 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT

check_tools() {
  local tool
  [[ $(id -u) -eq 0 ]] || fail "needs root"
  for tool in buildah podman "${runtime:-runc}" busybox curl node go; do
    command -v "$tool" >/dev/null || fail "needs $tool (Debian: apt-get install buildah podman runc busybox-static curl)"
  done
  ! curl --silent --output /dev/null "http://$address/" || fail "$address is taken; set PORT"
}

# Podman and buildah ask for more open files and processes than some machines give.
private_settings() {
  export CONTAINERS_CONF=$work/containers.conf
  printf '[containers]\ndefault_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]\n' >"$CONTAINERS_CONF"
}

# A root file system with a shell, Node.js, npm and Go, in place of the images node and golang.
toolchain_image() {
  local root=$work/toolchain applet library
  mkdir -p "$root"/{bin,etc/ssl/certs,lib64,root,tmp,usr/bin,usr/lib/node_modules,usr/local,var/tmp}
  cp "$(command -v busybox)" "$root/bin/busybox"
  for applet in $(busybox --list); do [[ -e $root/bin/$applet ]] || ln -s busybox "$root/bin/$applet"; done
  ln -s ../../bin/busybox "$root/usr/bin/env"
  echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
  cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
  cp -L "$(command -v node)" "$root/usr/bin/node"
  ldd "$(command -v node)" | awk '/\//{ for (i = 1; i <= NF; i++) if ($i ~ "^/") print $i }' | while read -r library; do
    install -D "$library" "$root$library"
    if [[ $library == */libc.so.6 ]]; then
      cp "${library%/*}"/lib{rt,util,resolv,nss_dns,nss_files}.so.* "$root${library%/*}/" # native npm packages ask for them
    fi
  done
  cp -R "$(npm root --global 2>/dev/null)/npm" "$root/usr/lib/node_modules/npm"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/bin/npm"
  cp -R "$(go env GOROOT)" "$root/usr/local/go"
  tar -C "$root" -c . | podman import --quiet --change 'ENV PATH=/usr/local/go/bin:/usr/bin:/bin' --change 'ENV HOME=/root' \
    --change 'ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt' - localhost/vitals-check/toolchain >/dev/null
  rm -rf "$root"
}

build_image() {
  local cached=()
  # Packages that are already on this machine need not be downloaded again.
  cached+=(--volume "$(go env GOMODCACHE):/root/go/pkg/mod" --volume "$(npm config get cache 2>/dev/null):/root/.npm")
  buildah bud --isolation chroot --format docker --layers=false "${cached[@]}" \
    --build-arg NODE_IMAGE=localhost/vitals-check/toolchain --build-arg GO_IMAGE=localhost/vitals-check/toolchain \
    --build-arg "VERSION=${VERSION:-dev}" --tag localhost/vitals . >"$work/build.log" 2>&1 ||
    { tail -n 40 "$work/build.log" >&2; fail "the image does not build"; }
}

# The options below repeat docker-compose.yml; each must still be there.
compose_says() {
  local line
  for line in 'network_mode: host' 'pid: host' '/:/host:ro,rslave' '/proc:/host/proc:ro' '/sys:/host/sys:ro' 'history:/var/lib/vitals' \
    'user: "65532:65532"' 'read_only: true' 'cap_drop: [ALL]' 'no-new-privileges:true' 'HOST_PROC: /host/proc' \
    'HOST_SYS: /host/sys' 'HOST_ETC: /host/etc' '"serve", "--rootfs", "/host"' 'VITALS_LISTEN:-127.0.0.1:8080'; do
    if ! grep -qF -- "$line" docker-compose.yml; then bad "docker-compose.yml has no $line"; fi
  done
}

start_container() {
  podman run --detach --name "$container" --no-healthcheck \
    --network host --pid host --read-only --read-only-tmpfs=false --cap-drop ALL --security-opt no-new-privileges \
    --user 65532:65532 --volume /:/host:ro,rslave --volume /proc:/host/proc:ro --volume /sys:/host/sys:ro \
    --volume "$container:/var/lib/vitals" \
    --env HOST_PROC=/host/proc --env HOST_SYS=/host/sys --env HOST_ETC=/host/etc --env "VITALS_LISTEN=$address" \
    localhost/vitals serve --rootfs /host >/dev/null
  local attempt
  for attempt in {1..100}; do
    if curl --silent --fail --output /dev/null "http://$address/readyz"; then return 0; fi
    sleep 0.1
  done
  podman logs "$container" >&2
  fail "not ready after $((attempt / 10)) s"
}

# newest METRIC prints the value of one event of the plain stream.
newest() {
  # shellcheck disable=SC2016 # the backticks are JavaScript's
  node -e '
    const [address, metric] = process.argv.slice(1)
    const net = require("node:net")
    const [host, port] = address.split(":")
    const socket = net.connect(port, host, () => socket.write(
      `GET /ws?metrics=${metric} HTTP/1.1\r\nHost: ${address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"))
    let text = ""
    socket.on("data", (data) => {
      text += data.toString("latin1")
      const found = /"value":([-\d.eE+]+)/.exec(text)
      if (found) { console.log(found[1]); process.exit(0) }
    })
    setTimeout(() => { console.error(text.slice(0, 400)); process.exit(1) }, 15000)
  ' "$address" "$1"
}

# near WHAT VALUE REFERENCE TOLERANCE passes when the two differ by at most the tolerance.
near() {
  if awk -v a="$2" -v b="$3" -v t="$4" 'BEGIN { d = a - b; exit !(a != "" && d <= t && -d <= t) }'; then
    ok "$1: $2, this machine says $3"
  else
    bad "$1: ${2:-nothing}, this machine says $3"
  fi
}

look_at_image() {
  expect "user of the image" 65532:65532 "$(podman image inspect --format '{{.Config.User}}' localhost/vitals)"
  expect "files in the image" vitals "$(files_in_image)"
  if [[ $(podman image inspect --format '{{.HealthCheck.Test}}' localhost/vitals) == *healthcheck* ]]; then
    ok "the image has a health check"
  else
    bad "the image has no health check"
  fi
  echo "        image size: $(podman image inspect --format '{{.Size}}' localhost/vitals) bytes"
}

files_in_image() {
  local mount
  mount=$(podman image mount localhost/vitals)
  find "$mount" -type f -printf '%P ' | sed 's/ $//'
  podman image unmount localhost/vitals >/dev/null
}

look_at_container() {
  local pid page
  pid=$(podman inspect --format '{{.State.Pid}}' "$container")
  expect "user of the process" 65532 "$(awk '/^Uid:/{print $2}' "/proc/$pid/status")"
  expect "capabilities" 0000000000000000 "$(awk '/^CapEff:/{print $2}' "/proc/$pid/status")"
  expect "no new privileges" 1 "$(awk '/^NoNewPrivs:/{print $2}' "/proc/$pid/status")"
  expect "root file system" ro "$(awk '$5 == "/"{split($6, o, ","); print o[1]}' "/proc/$pid/mountinfo")"
  expect "network of the host" "$(readlink /proc/self/ns/net)" "$(readlink "/proc/$pid/ns/net")"
  expect "processes of the host" "$(readlink /proc/self/ns/pid)" "$(readlink "/proc/$pid/ns/pid")"

  page=$(curl --silent --show-error --fail --header 'Accept: text/html' "http://$address/")
  if [[ $page == *'<div id='* ]]; then ok "the page is the app"; else bad "the page is not the app"; fi
  expect "/livez" 200 "$(curl --silent --output /dev/null --write-out '%{http_code}' "http://$address/livez")"
  if podman exec "$container" /vitals healthcheck; then ok "vitals healthcheck in the container"; else bad "vitals healthcheck in the container"; fi
}

look_at_values() {
  local processes root_bytes interface
  processes=$(find /proc -maxdepth 1 -regex '/proc/[0-9]+' | wc -l)
  root_bytes=$(stat --file-system --format '%b %S' / | awk '{printf "%.0f", $1 * $2}')
  interface=$(ip -o route show default 2>/dev/null | awk '{print $5; exit}')
  near "memory.total" "$(newest memory.total)" "$(awk '/^MemTotal:/{printf "%.0f", $2 * 1024}' /proc/meminfo)" 0
  near "uptime" "$(newest uptime)" "$(awk '{print int($1)}' /proc/uptime)" 5
  near "processes" "$(newest processes)" "$processes" 25
  near "filesystem.total{mount=/}" "$(newest 'filesystem.total%7Bmount=/%7D')" "$root_bytes" 0
  if [[ -n $interface ]]; then
    near "network.interface.receive{interface=$interface} is there" \
      "$(newest "network.interface.receive%7Binterface=$interface%7D" | awk '{print ($1 >= 0)}')" 1 0
  else
    skipped "no default route, so no interface to look for"
  fi
}

look_at_stop() {
  local started=$SECONDS
  podman stop --time 15 "$container" >/dev/null
  expect "exit status after SIGTERM" 0 "$(podman inspect --format '{{.State.ExitCode}}' "$container")"
  if ((SECONDS - started <= 10)); then ok "stopped within 10 s"; else bad "stopping took $((SECONDS - started)) s"; fi
}

check_tools
private_settings
echo "==> base images from this machine's Go and Node.js"
toolchain_image
echo "==> building the Dockerfile"
build_image
echo "==> image"
look_at_image
echo "==> container"
compose_says
start_container
look_at_container
echo "==> the values are this machine's"
look_at_values
echo "==> stop"
look_at_stop
skipped "not checked: the real base images, Docker's engine and its health-check timer, compose's own parsing"
if ((failed > 0)); then fail "$failed checks failed"; fi
echo "container-check: all passed"
