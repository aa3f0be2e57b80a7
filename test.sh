#!/usr/bin/env bash
# Builds everything and runs every test against real servers on loopback; installs what is missing (Debian, Ubuntu).
#   ./test.sh           all tests
#   ./test.sh --unit    the tests that need no server, on any system with the .NET SDK
# Further arguments go to `dotnet test`. The last line is `N passed, N failed`.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

unit=false
[[ ${1:-} == --unit ]] && { unit=true; shift; }
configuration=Release
work=$(mktemp -d)
started=()

finish() {
  status=$?
  trap - EXIT
  for pid in "${started[@]}"; do kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null; done
  [[ -d $work/ceph ]] && CEPH_DIR=$work/ceph tests/servers/ceph.sh stop
  rm -rf "$work"
  echo "${passed:-0} passed, ${failed:-1} failed"
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

install_missing() {
  local tool
  for tool in dotnet node npm; do
    command -v $tool >/dev/null || { echo "$tool is missing. Install the .NET 10 SDK and Node 20." >&2; return 1; }
  done
  local packages=()
  command -v radosgw >/dev/null && command -v ceph-mon >/dev/null && command -v ceph-osd >/dev/null && command -v ceph >/dev/null ||
    packages+=(ceph-mon ceph-osd radosgw ceph-common)
  command -v curl >/dev/null || packages+=(curl)
  command -v openssl >/dev/null || packages+=(openssl)
  # The linker and the compression library of native AOT.
  command -v clang >/dev/null || packages+=(clang)
  [[ -e /usr/include/zlib.h ]] || packages+=(zlib1g-dev)
  if ((${#packages[@]})); then
    command -v apt-get >/dev/null || { echo "Missing: ${packages[*]}. Install them, or run ./test.sh --unit." >&2; return 1; }
    local root=()
    ((EUID == 0)) || root=(sudo)
    "${root[@]}" apt-get update -q &&
      "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends "${packages[@]}" || return 1
  fi
  if [[ ! -d tests/servers/node_modules || tests/servers/package-lock.json -nt tests/servers/node_modules ]]; then
    (cd tests/servers && npm ci --no-audit --no-fund && touch node_modules) || return 1
  fi
}

# start NAME URL COMMAND...: runs a server and waits until it answers.
start() {
  local name=$1 url=$2
  shift 2
  "$@" >"$work/$name.log" 2>&1 </dev/null &
  started+=($!)
  for _ in {1..150}; do
    curl -s -o /dev/null "$url" && return 0
    kill -0 "$!" 2>/dev/null || break
    sleep .1
  done
  echo "$name did not start:" >&2
  cat "$work/$name.log" >&2
  return 1
}

start_servers() {
  local ports
  mapfile -t ports < <(node tests/servers/free-ports.mjs 0,443,5300,5301 0 0)
  export OFFLOADEDPOLLING_TEST_S3=http://127.0.0.1:${ports[0]}
  export OFFLOADEDPOLLING_TEST_SQS=http://127.0.0.1:${ports[1]}
  export OFFLOADEDPOLLING_TEST_DYNAMODB=http://127.0.0.1:${ports[2]}
  export OFFLOADEDPOLLING_TEST_ACCESS_KEY=TESTACCESSKEY0000001
  export OFFLOADEDPOLLING_TEST_SECRET_KEY=testsecretkeytestsecretkeytestsecretkey1
  CEPH_DIR=$work/ceph CEPH_PORT=${ports[0]} CEPH_ACCESS_KEY=$OFFLOADEDPOLLING_TEST_ACCESS_KEY CEPH_SECRET_KEY=$OFFLOADEDPOLLING_TEST_SECRET_KEY \
    timeout 180 tests/servers/ceph.sh start || { cat "$work"/ceph/log/* >&2; return 1; }
  start sqs "$OFFLOADEDPOLLING_TEST_SQS" node tests/servers/sqs.mjs "${ports[1]}" &&
    start dynamodb "$OFFLOADEDPOLLING_TEST_DYNAMODB" \
      node tests/servers/node_modules/dynalite/cli.js --host 127.0.0.1 --port "${ports[2]}" --createTableMs 0
}

if $unit; then
  tests=(--project tests/OffloadedPolling.Tests/OffloadedPolling.Tests.csproj)
  dotnet build tests/OffloadedPolling.Tests -c $configuration || exit 1
else
  tests=(--solution OffloadedPolling.sln)
  install_missing && start_servers || exit 1
  dotnet build OffloadedPolling.sln -c $configuration || exit 1
fi

dotnet test "${tests[@]}" -c $configuration --no-build "$@" 2>&1 | tee "$work/tests.log"
result=${PIPESTATUS[0]}

# The summary of `dotnet test` counts every project's tests: "  failed: 0", "  succeeded: 12".
count() { sed -nE "s/^ *$1: *([0-9]+).*/\1/p" "$work/tests.log" | tail -n 1; }
passed=$(count succeeded)
failed=$(count failed)
if ((result != 0)) && [[ ${failed:-0} == 0 ]]; then failed=1; fi
[[ ${passed:-0} -gt 0 && $result == 0 ]]
