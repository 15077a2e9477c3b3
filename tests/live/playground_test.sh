#!/usr/bin/env bash
#
# Tests examples/playground on real servers: replication, roles, files, refusals, faults, and that nothing is left behind.
#
#   tests/live/playground_test.sh
#
# As root it tests the playground of root, that of an ordinary user (postgres), and the one with network namespaces.
# Prints one line a part; ends at the first failure with a message and exit code 1.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
readonly here playground=${here%/tests/live}/examples/playground
part=start base='' place='' user=()

fail() { printf 'playground_test: %s: %s\n' "$part" "$*" >&2; exit 1; }
is() { [[ $2 == "$3" ]] || fail "$1: expected \"$3\", got \"$2\""; }
has() { [[ $2 == *"$3"* ]] || fail "$1: no \"$3\" in: $2"; }

# The playground as the user of this part, on this part's directory (another --dir after it wins).
play() { ${user[@]+"${user[@]}"} timeout -k 5 180 "$playground" "$1" --dir "$place" "${@:2}"; }

play_up() {
  local said
  said=$(play up "$@" 2>&1) || fail "up $*: $said"
}

tidy_up() {
  local result=$?
  [[ -z $place || ! -e $place ]] || play down >&2 || true
  [[ -z $base ]] || rm -rf -- "$base"
  ((result == 0)) || printf 'playground_test: failed\n' >&2
}

# within SECONDS WHAT EXPECTED COMMAND...: until the command prints what is expected.
within() {
  local deadline=$((SECONDS + $1)) what=$2 expected=$3 got=''
  shift 3
  while got=$("$@" 2>&1) || true; [[ $got != "$expected" ]]; do
    ((SECONDS <= deadline)) || fail "$what: expected \"$expected\", still \"$got\""
    sleep 0.1
  done
}

query() { play psql "$1" -- -At -c "$2"; }

# login NODE ROLE SQL: over TCP with the password of the passfile.
login() {
  local host=$1_host port=$1_port
  play exec "${4:-$1}" -- env PGPASSFILE="${playground_passfile:?}" PGCONNECT_TIMEOUT=3 LC_ALL=C \
    "${playground_psql:?}" -X -At -v ON_ERROR_STOP=1 -h "${!host}" -p "${!port}" -U "$2" -d postgres -c "$3" 2>&1
}

# segments_of PID...: the segments of shared memory that these processes made, whether they live or not.
segments_of() {
  local pid
  for pid; do awk -v maker="$pid" 'NR > 1 && $5 == maker { print $2 }' /proc/sysvipc/shm; done
}

processes_here() {
  local process
  for process in /proc/[0-9]*; do
    [[ $(readlink "$process/cwd" 2>/dev/null || true) != "$place"/* ]] || printf '%s ' "${process#/proc/}"
  done
}

# ---------------------------------------------------------------- what every playground must do

check_rows() {
  local table
  table=$(play status)
  is "lines of status" "$(wc -l <<<"$table")" 4
  is "primaries in status" "$(grep -c ' up  *primary ' <<<"$table")" 1
  is "standbys in status" "$(grep -c ' up  *standby ' <<<"$table")" 2
}

check_replication() {
  query p1 'CREATE TABLE seen AS SELECT 42 AS answer' >/dev/null
  within 10 "a row of p1 on p3" 42 query p3 'SELECT answer FROM seen'
  is "active slots" "$(query p1 "SELECT string_agg(slot_name, ',' ORDER BY slot_name) FROM pg_replication_slots WHERE active")" pgcm_p2,pgcm_p3
  is "names of standbys" "$(query p1 "SELECT string_agg(application_name, ',' ORDER BY application_name) FROM pg_stat_replication")" p2,p3
}

check_roles() {
  local role
  for role in pgcm replicator; do
    is "$role logs in" "$(login p1 "$role" 'SELECT current_user')" "$role"
    is "$role is a superuser" "$(query p1 "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = '$role'")" f
    has "$role becoming postgres" "$(login p1 "$role" 'SET ROLE postgres' || true)" 'permission denied'
    has "$role reading passwords" "$(login p1 "$role" 'SELECT count(*) FROM pg_authid' || true)" 'permission denied'
  done
  has "the superuser over TCP" "$(login p1 postgres 'SELECT 1' || true)" 'no password supplied'
  is "a mark of promotion" "$(login p1 pgcm "ALTER ROLE pgcm SET pgcm.promotion = 'x/1'")" 'ALTER ROLE'
  is "a setting that the agent owns" "$(login p2 pgcm "ALTER SYSTEM SET wal_retrieve_retry_interval = '100ms'")" 'ALTER SYSTEM'
  has "a setting that is not its own" "$(login p1 pgcm "ALTER SYSTEM SET archive_command = 'x'" || true)" 'permission denied'
}

check_files() {
  local node
  for node in p1 p2 p3; do
    [[ -s $place/$node/pgcm.toml ]] || fail "no $node/pgcm.toml"
    is "mode of $node/pgcm.toml" "$(stat -c %a -- "$place/$node/pgcm.toml")" 640
    grep -Fxq "local = \"$node\"" -- "$place/$node/pgcm.toml" || fail "$node/pgcm.toml has another local"
    grep -Fxq 'failover_after = "7s"' -- "$place/$node/pgcm.toml" || fail "$node/pgcm.toml lacks what --toml sets"
    ! grep -q password -- "$place/$node/pgcm.toml" || fail "$node/pgcm.toml holds a password"
  done
  is "mode of the passfile" "$(stat -c %a -- "$place/passfile")" 600
  if command -v python3 >/dev/null && python3 -c 'import tomllib' 2>/dev/null; then
    is "data_dir, as TOML" "$(python3 -c 'import sys, tomllib
print(tomllib.load(open(sys.argv[1], "rb"))["postgres"]["data_dir"])' "$place/p2/pgcm.toml")" "$place/p2/data"
  fi
}

check_refusals() {
  local said
  ! said=$(play up 2>&1) || fail "up on a playground is not refused"
  has "up again" "$said" "is a playground already"
  check_rows # and has done no harm
  ! said=$(play start p9 2>&1) || fail "start of p9 is not refused"
  has "start of p9" "$said" 'no node "p9" here (there are: p1 p2 p3)'
  ! said=$("$playground" down --dir "$base" 2>&1) || fail "down of a foreign folder is not refused"
  has "down of a foreign folder" "$said" "is no playground"
}

check_faults() {
  play kill p2
  has "status after kill" "$(play status | grep ^p2)" down
  play start p2
  within 20 "the killed standby streams again" 2 query p1 "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'"
  play kill p1
  play start p1
  is "role of p1" "$(query p1 'SELECT pg_is_in_recovery()')" f
  play stop p3 --mode immediate
  play start p3
  within 20 "all stream again" 2 query p1 "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'"
}

check_agent() {
  local fake=$base/agent said
  printf '#!/bin/sh\nprintf "%%s\\n" "$*"\nwhile sleep 0.2; do :; done\n' >"$fake"
  chmod 0755 -- "$fake"
  play agent start p2 --pgcm "$fake"
  within 5 "the agent's arguments" "watch -c $place/p2/pgcm.toml" cat -- "$place/p2/agent.log"
  has "status with an agent" "$(play status | grep ^p2)" " $(<"$place/p2/agent.pid") "
  play agent stop p2
  [[ ! -e $place/p2/agent.pid ]] || fail "agent stop leaves agent.pid"
  ! said=$(play agent start p1 --pgcm /bin/false 2>&1) || fail "an agent that ends at once is no error"
  has "an agent that ends at once" "$said" "ended at once"
  play agent start p3 --pgcm "$fake" # for down to find
}

check_down() {
  local sockets agent node pids=()
  agent=$(<"$place/p3/agent.pid")
  for node in p1 p2 p3; do pids+=("$(head -n 1 -- "$place/$node/data/postmaster.pid")"); done
  play kill p3
  is "segments of those that run and of the killed one" "$(segments_of "${pids[@]}" | wc -l)" 3
  ! grep -q /dev/shm/PostgreSQL "/proc/${pids[0]}/maps" 2>/dev/null || fail "p1 has shared memory outside its directory"
  sockets=$(dirname -- "${p1_socket:?}")
  kill -STOP "$(head -n 1 -- "$place/p2/data/postmaster.pid")" # down must get along with a hung server
  play down
  [[ ! -e $place ]] || fail "down leaves $place"
  [[ ! -e $sockets ]] || fail "down leaves $sockets"
  is "processes after down" "$(processes_here)" ""
  is "shared memory after down" "$(segments_of "${pids[@]}")" ""
  [[ ! -e /proc/$agent/exe ]] || ! readlink -e "/proc/$agent/exe" >/dev/null || fail "down leaves the agent $agent"
  play down 2>/dev/null || fail "a second down is an error"
}

read_env() {
  local text
  text=$(play env)
  eval "$text"
}

check_failing_up() {
  local said
  ! said=$(play up --set no_such_setting=1 2>&1) || fail "up with a wrong setting succeeds"
  has "up with a wrong setting" "$said" 'unrecognized configuration parameter "no_such_setting"'
  [[ ! -e $place ]] || fail "a failed up leaves $place"
  is "processes after a failed up" "$(processes_here)" ""
}

whole_life() {
  check_failing_up
  play_up --nodes 3 --set fsync=off --toml 'timing.failover_after="7s"'
  read_env
  check_rows
  check_replication
  check_roles
  check_files
  check_refusals
  check_faults
  check_agent
  check_down
}

# ---------------------------------------------------------------- the parts

new_place() {
  base=$(mktemp -d "${TMPDIR:-/tmp}/pgcm-test.XXXXXX")
  chmod 0755 -- "$base"
  place="$base/it's a place"
}

part_done() {
  rm -rf -- "$base"
  base='' place=''
  printf 'ok: %s (%d s)\n' "$part" "$SECONDS"
  SECONDS=0
}

as_caller() {
  part="as $(id -un)"
  new_place
  whole_life
  part_done
}

as_ordinary_user() {
  part="as the user postgres"
  user=(setpriv --reuid=postgres --regid="$(id -g postgres)" --init-groups)
  new_place
  chown postgres -- "$base"
  whole_life
  user=()
  part_done
}

synchronous() {
  part="synchronous"
  new_place
  play_up --nodes 2 --sync --set fsync=off
  is "synchronous_standby_names" "$(query p1 'SHOW synchronous_standby_names')" '*'
  is "synchronous standby" "$(query p1 "SELECT application_name FROM pg_stat_replication WHERE sync_state = 'sync'")" p2
  ! grep -q '^\[sync\]' -- "$place/p1/pgcm.toml" || fail "sync.mode is not left to its default"
  play down
  part_done
}

# What --lease and --witnesses add, without namespaces: an address for each node, votes in every pgcm.toml.
witnessed() {
  local said
  part="lease and witnesses"
  new_place
  play_up --nodes 2 --witnesses 1 --lease --set fsync=off
  read_env
  is "nodes" "${playground_nodes:?}" "p1 p2"
  is "witnesses" "${playground_witnesses:?}" w1
  [[ ${p1_host:?} != "${p2_host:?}" ]] || fail "p1 and p2 share the address $p1_host"
  is "ports for agents" "$(grep -h -A1 -Fx '[lease]' -- "$place"/p?/pgcm.toml | grep -c '^port')" 2
  is "different ports for agents" "$(grep -h -A1 -Fx '[lease]' -- "$place"/p?/pgcm.toml | grep '^port' | sort -u | wc -l)" 1
  is "witnesses in p2/pgcm.toml" "$(grep -c -Fx '[[witness]]' -- "$place/p2/pgcm.toml")" 1
  grep -Fxq 'quorum = "majority"' -- "$place/p2/pgcm.toml" || fail "p2/pgcm.toml has another quorum"
  is "a vote of w1" "$(login w1 pgcm 'SELECT pg_try_advisory_lock(1, 2)')" t
  has "the role of w1" "$(play status | grep ^w1)" witness
  is "roles of w1" "$(query w1 "SELECT string_agg(rolname, ',' ORDER BY rolname) FROM pg_roles WHERE rolcanlogin")" pgcm,postgres
  ! said=$(play agent start w1 --pgcm /bin/false 2>&1) || fail "a witness gets an agent"
  has "an agent of w1" "$said" "w1 has no agent"
  play kill w1
  has "w1 after kill" "$(play status | grep ^w1)" down
  play start w1
  play stop w1
  play down
  is "processes after down" "$(processes_here)" ""
  part_done
}

reaches() { is "$2 reaches $1" "$(login "$1" pgcm 'SELECT 1' "$2" || true)" 1; }
misses() { has "$2 does not reach $1" "$(login "$1" pgcm 'SELECT 1' "$2" || true)" 'timeout expired'; }

partitioned() {
  local space
  part="partitionable"
  new_place
  play_up --nodes 3 --witnesses 1 --partitionable --set fsync=off
  read_env
  space=$(<"$place/p1/netns")
  [[ -e /run/netns/$space ]] || fail "no namespace $space"
  has "the role of w1" "$(play status | grep ^w1)" witness
  reaches p1 p2
  reaches p2 p1
  reaches p1 outside
  play cut p1 p2
  misses p1 p2
  misses p2 p1
  reaches p1 p3
  play heal p1 p2
  reaches p1 p2
  reaches w1 p1
  play cut w1
  misses w1 p1
  reaches p1 p3
  play heal w1 p1
  reaches w1 p1
  play cut p1
  misses p1 outside
  misses p1 p3
  reaches p2 p3
  play heal
  reaches p1 outside
  query p1 'CREATE TABLE seen AS SELECT 42 AS answer' >/dev/null
  within 60 "replication after healing" 42 query p2 'SELECT answer FROM seen'
  play down
  [[ ! -e /run/netns/$space && ! -e /run/netns/${space%-p1}-outside ]] || fail "down leaves namespaces"
  [[ ! -e $place ]] || fail "down leaves $place"
  is "processes after down" "$(processes_here)" ""
  part_done
}

can_partition() {
  local probe=pgcm-probe-$$
  ((EUID == 0)) && command -v ip >/dev/null || return 1
  ip netns add "$probe" 2>/dev/null || return 1
  ip netns delete "$probe"
}

main() {
  trap tidy_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  as_caller
  synchronous
  witnessed
  ((EUID != 0)) || as_ordinary_user
  if can_partition; then partitioned; else printf 'skipped: partitionable (needs root and network namespaces)\n'; fi
}

main
