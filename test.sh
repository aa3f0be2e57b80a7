#!/usr/bin/env bash
# Builds everything and runs all tests against real servers on loopback. On Debian and Ubuntu, installs missing packages.
#   ./test.sh           all tests
#   ./test.sh --unit    the tests that need no server, on any system with the .NET SDK
# Other arguments are passed to `dotnet test`. The last line is `N passed, N failed`, with `, N skipped` if any were skipped.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1

unit=false
[[ ${1:-} == --unit ]] && { unit=true; shift; }
configuration=Release
work=$(mktemp -d)
started=()
running=

finish() {
  status=$?
  trap - EXIT
  trap '' INT TERM
  [[ -z $running ]] || kill -TERM -- "-$running" 2>/dev/null
  for pid in ${started[@]+"${started[@]}"}; do kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null; done
  [[ -d $work/ceph ]] && CEPH_DIR=$work/ceph tests/servers/ceph.sh stop
  rm -rf "$work"
  # A run that ends early counts as a failure.
  ((status == 0 || ${failed:-0} > 0)) || failed=1
  line="${passed:-0} passed, ${failed:-0} failed"
  ((${skipped:-0} == 0)) || line+=", $skipped skipped"
  echo "$line"
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

isolate() {
  # Tests must not reach a real account, and must not reach loopback through a proxy.
  unset ${!AWS_@}
  export AWS_EC2_METADATA_DISABLED=true AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null
  export no_proxy=127.0.0.1,localhost NO_PROXY=127.0.0.1,localhost
  # The script parses the English summary below.
  export DOTNET_CLI_UI_LANGUAGE=en
  # Build servers would keep running after this script.
  export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 UseSharedCompilation=false
}

has() { command -v "$1" >/dev/null; }

browser() { command -v chromium || command -v google-chrome; }

# Prints the packages of missing tools.
missing() {
  has radosgw && has ceph-mon && has ceph-osd && has ceph || printf '%s\n' ceph-mon ceph-osd radosgw ceph-common
  has curl || echo curl
  has openssl || echo openssl
  has systemd-analyze || echo systemd
  [[ -n $(browser) ]] || echo chromium
  # Native AOT needs a linker and zlib.
  has clang || has gcc || echo clang
  [[ -e /usr/include/zlib.h ]] || echo zlib1g-dev
}

install_missing() {
  local tool
  for tool in dotnet node npm; do
    command -v $tool >/dev/null || { echo "$tool is missing. Install the .NET 10 SDK and Node 20." >&2; return 1; }
  done
  local packages root=()
  mapfile -t packages < <(missing)
  if ((${#packages[@]})); then
    has apt-get || { echo "Missing: ${packages[*]}. Install them, or run ./test.sh --unit." >&2; return 1; }
    ((EUID == 0)) || root=(sudo)
    local apt=("${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300)
    "${apt[@]}" update </dev/null
    "${apt[@]}" install -y --no-install-recommends "${packages[@]}" </dev/null
    # apt-get also fails if a package cannot start its service, which is not needed here. So check what is missing now.
    mapfile -t packages < <(missing)
    ((${#packages[@]} == 0)) || { echo "Still missing: ${packages[*]}" >&2; return 1; }
  fi
  if [[ ! -d tests/servers/node_modules || tests/servers/package-lock.json -nt tests/servers/node_modules ]]; then
    (cd tests/servers && npm ci --loglevel=error </dev/null && touch node_modules) || return 1
  fi
}

# start NAME URL COMMAND...: runs a server and waits until it responds.
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
  export OFFLOADEDPOLLING_TEST_BROWSER
  OFFLOADEDPOLLING_TEST_BROWSER=$(browser)
  export OFFLOADEDPOLLING_TEST_ACCESS_KEY=TESTACCESSKEY0000001
  export OFFLOADEDPOLLING_TEST_SECRET_KEY=testsecretkeytestsecretkeytestsecretkey1
  CEPH_DIR=$work/ceph CEPH_PORT=${ports[0]} CEPH_ACCESS_KEY=$OFFLOADEDPOLLING_TEST_ACCESS_KEY CEPH_SECRET_KEY=$OFFLOADEDPOLLING_TEST_SECRET_KEY \
    timeout 180 tests/servers/ceph.sh start || return 1
  start sqs "$OFFLOADEDPOLLING_TEST_SQS" node tests/servers/sqs.mjs "${ports[1]}" &&
    start dynamodb "$OFFLOADEDPOLLING_TEST_DYNAMODB" \
      node tests/servers/node_modules/dynalite/cli.js --host 127.0.0.1 --port "${ports[2]}" --createTableMs 0
}

run_tests() {
  # With a filter, a project without a matching test is not a failure. The last line below fails if no test ran at all.
  (($# == 0)) || set -- --ignore-exit-code 8 "$@"
  # Runs in its own process group, so that the exit trap can end all of it.
  set -m
  (dotnet test "${tests[@]}" -c $configuration --no-build --no-ansi "$@" 2>&1 </dev/null | tee "$work/tests.log"; exit "${PIPESTATUS[0]}") &
  running=$!
  set +m
  wait "$running"
  result=$?
  running=
}

# The summary of `dotnet test` counts every project's tests: "  failed: 0", "  succeeded: 12".
count() { sed -nE "s/^ *$1: *([0-9]+).*/\1/p" "$work/tests.log" | tail -n 1; }

isolate
if $unit; then
  tests=(--project tests/OffloadedPolling.Tests/OffloadedPolling.Tests.csproj)
  dotnet build tests/OffloadedPolling.Tests -c $configuration || exit 1
else
  tests=(--solution OffloadedPolling.sln)
  install_missing && start_servers || exit 1
  dotnet build OffloadedPolling.sln -c $configuration || exit 1
fi

run_tests "$@"
passed=$(count succeeded)
failed=$(count failed)
skipped=$(count skipped)
((result == 0 && ${failed:-1} == 0 && ${passed:-0} > 0))
