#!/usr/bin/env bash
# S3 and STS on loopback: a new one-node Ceph object gateway that keeps its data in memory.
#   ceph.sh start   deletes old data, starts monitor, storage daemon and gateway, creates one user and one role to assume
#   ceph.sh stop    ends the processes that start recorded, and deletes the data
# Settings, as environment variables:
#   CEPH_DIR              logs, certificate and process IDs
#   CEPH_PORT             HTTP; also uses +443 (HTTPS, self-signed), +5300 and +5301 (monitor)
#   CEPH_ACCESS_KEY, CEPH_SECRET_KEY
#   CEPH_LIFECYCLE_DAY    seconds that a lifecycle rule counts as a day, to test rules (default: a real day)
# Debian and Ubuntu: apt-get install --no-install-recommends ceph-mon ceph-osd radosgw ceph-common curl openssl
set -euo pipefail

dir=${CEPH_DIR:-${TMPDIR:-/tmp}/offloaded-polling-ceph}
port=${CEPH_PORT:-8000}
access=${CEPH_ACCESS_KEY:-TESTACCESSKEY0000001}
secret=${CEPH_SECRET_KEY:-testsecretkeytestsecretkeytestsecretkey1}
role=status-reader
pids=$dir/pids
conf=(-c "$dir/ceph.conf")
unset CEPH_ARGS CEPH_CONF # they may point to a real cluster

main() {
  case ${1:-} in
    start) stop; start ;;
    stop) stop ;;
    *) echo "usage: $0 start|stop" >&2; exit 2 ;;
  esac
}

start() {
  ports_free
  mkdir -p "$dir"/{data/mon,data/osd,data/rgw,run,log}
  rm -f "$dir"/log/*
  trap fail EXIT
  fsid=$(uuid)
  make_certificate
  write_config
  start_monitor
  start_storage
  start_gateway
  make_user_and_role
  all_alive
  trap - EXIT
  echo "S3 and STS on http://127.0.0.1:$port, access key $access, secret key $secret, role arn:aws:iam:::role/$role"
}

stop() {
  if [[ -f $pids ]]; then
    tac "$pids" | while read -r pid; do
      # The ID may belong to another program by now. All data is in memory, so no graceful shutdown is needed.
      if grep -qE '^(ceph-|radosgw)' "/proc/$pid/comm" 2>/dev/null; then
        kill -KILL "$pid" 2>/dev/null || true
        for _ in {1..100}; do [[ -e /proc/$pid/exe ]] || break; sleep .05; done # a zombie has no exe
      fi
    done
    rm -f "$pids"
  fi
  rm -rf "$dir/data" "$dir/run"
}

fail() {
  echo "Ceph did not start. The end of its log ($dir/log):" >&2
  tail -n 20 "$dir/log/out" >&2 || true
  stop
  exit 1
}

# setsid: Ctrl+C in the caller's terminal must not end the servers before their clients.
run() { setsid "$@" >>"$dir/log/out" 2>&1 </dev/null & echo $! >>"$pids"; disown; }

all_alive() { local pid; while read -r pid; do kill -0 "$pid" || return 1; done <"$pids"; }

ports_free() {
  local each
  for each in "$port" $((port + 443)) $((port + 5300)) $((port + 5301)); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$each") 2>/dev/null; then echo "Port $each is taken." >&2; return 1; fi
  done
}

uuid() { cat /proc/sys/kernel/random/uuid; }

make_certificate() {
  [[ -f $dir/tls.key ]] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 \
    -keyout "$dir/tls.key" -out "$dir/tls.crt" -subj /CN=localhost \
    -addext subjectAltName=IP:127.0.0.1,DNS:localhost >>"$dir/log/out" 2>&1
}

start_monitor() {
  monmaptool --create --clobber --fsid "$fsid" --addv a "$monitor" "$dir/data/monmap" >>"$dir/log/out"
  ceph-mon "${conf[@]}" --mkfs -i a --monmap "$dir/data/monmap" >>"$dir/log/out" 2>&1
  run ceph-mon "${conf[@]}" -i a -f
}

start_storage() {
  local osd; osd=$(uuid)
  local ceph=(timeout 60 ceph "${conf[@]}" --connect-timeout 50)
  [[ $("${ceph[@]}" fsid 2>>"$dir/log/out") == "$fsid" ]] # not the monitor of another run that took these ports first
  "${ceph[@]}" osd new "$osd" 0 >>"$dir/log/out" 2>&1
  ceph-osd "${conf[@]}" -i 0 --mkfs --osd-uuid "$osd" >>"$dir/log/out" 2>&1
  run ceph-osd "${conf[@]}" -i 0 -f
}

start_gateway() {
  run radosgw "${conf[@]}" -n client.rgw -f
  for _ in {1..600}; do
    curl -s --noproxy '*' -o /dev/null "http://127.0.0.1:$port/" && return
    all_alive || return 1
    sleep .1
  done
  return 1
}

make_user_and_role() {
  local admin=(timeout 60 radosgw-admin "${conf[@]}" -n client.rgw)
  # Every test creates a bucket. With the default limit of 1000, a server that was started by hand would soon return 400.
  "${admin[@]}" user create --uid=tester --display-name=Tester --access-key="$access" --secret-key="$secret" --max-buckets=100000 \
    --caps='roles=*;user-policy=*;oidc-provider=*' >>"$dir/log/out" 2>&1
  "${admin[@]}" role create --role-name="$role" --path=/ --assume-role-policy-doc='{"Version":"2012-10-17","Statement":[
    {"Effect":"Allow","Principal":{"AWS":["arn:aws:iam:::user/tester"]},"Action":["sts:AssumeRole"]}]}' >>"$dir/log/out" 2>&1
  "${admin[@]}" role-policy put --role-name="$role" --policy-name=s3 --policy-doc='{"Version":"2012-10-17","Statement":[
    {"Effect":"Allow","Action":["s3:*"],"Resource":["arn:aws:s3:::*"]}]}' >>"$dir/log/out" 2>&1
}

write_config() {
  monitor="[v2:127.0.0.1:$((port + 5300)),v1:127.0.0.1:$((port + 5301))]"
  cat >"$dir/ceph.conf" <<CONF
[global]
fsid = $fsid
mon_initial_members = a
mon_host = $monitor
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
public_network = 127.0.0.0/8
ms_bind_ipv6 = false
ms_bind_retry_count = 1
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
# Without authentication, the gateway hangs for a minute at startup unless the monitor's clients use crc.
ms_mon_client_mode = crc
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 1
osd_pool_default_pgp_num = 1
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
mon_warn_on_pool_no_redundancy = false
mon_max_pg_per_osd = 1000
run_dir = $dir/run
admin_socket = $dir/run/\$name.\$pid.asok
pid_file = $dir/run/\$name.pid
log_file = $dir/log/\$name.log
log_to_stderr = false
err_to_stderr = true
crash_dir = $dir/run/crash

[mon]
mon_data = $dir/data/mon
mon_cluster_log_file = $dir/log/cluster.log
mon_data_avail_warn = 1
mon_data_avail_crit = 1
paxos_propose_interval = 0.05
paxos_min_wait = 0.01

[osd]
osd_data = $dir/data/osd
osd_objectstore = memstore
memstore_device_bytes = 4294967296
osd_memory_target = 939524096
osd_max_object_name_len = 460
osd_max_object_namespace_len = 64
osd_class_load_list = *
osd_class_default_list = *

[client]
rgw_data = $dir/data/rgw

[client.rgw]
# Without tcp_nodelay, a small GET takes 44 ms instead of 1.3 ms.
rgw_frontends = beast endpoint=127.0.0.1:$port ssl_endpoint=127.0.0.1:$((port + 443)) ssl_certificate=$dir/tls.crt ssl_private_key=$dir/tls.key tcp_nodelay=1
rgw_sts_key = abcdefghijklmnop
rgw_s3_auth_use_sts = true
rgw_sts_min_session_duration = 1
rgw_lc_debug_interval = ${CEPH_LIFECYCLE_DAY:--1}
rgw_enable_usage_log = false
rgw_crypt_require_ssl = false
rgw_dynamic_resharding = false
rgw_override_bucket_index_max_shards = 1
rgw_thread_pool_size = 64
rgw_gc_max_objs = 4
rgw_lc_max_objs = 4
rgw_num_async_rados_threads = 8
CONF
}

main "$@"
