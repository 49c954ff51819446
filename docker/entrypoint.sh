#!/usr/bin/env bash
# Inside the containers:  entrypoint.sh gateway|tasker|launcher   migrates, then serves
#                         entrypoint.sh console                   serves; it only reads
#                         entrypoint.sh ready PORT                the health check
set -euo pipefail

complain() { echo "entrypoint: $*" >&2; exit 2; }

# A secret that was not mounted is named here, before anything connects; the programs read the files themselves.
require_secret_files() {
  local name missing=""
  for name in $(compgen -e); do
    case "$name" in
      NODEDC_*_FILE | TASKER_*_FILE | LAUNCHER_*_FILE | CONSOLE_*_FILE) [ -r "${!name}" ] || missing="$missing $name=${!name}" ;;
    esac
  done
  [ -z "$missing" ] || complain "not readable:$missing"
}

# A stop that arrives while the schema changes is passed on, and nothing is served after it.
migrate() {
  local status=0 stopping=""
  "$1" migrate &
  trap 'stopping=1; kill -TERM $! 2>/dev/null || true' TERM INT
  wait $! || status=$?
  while kill -0 $! 2>/dev/null; do
    wait $! || status=$?
  done
  trap - TERM INT
  [ -z "$stopping" ] || exit 143
  [ "$status" = 0 ] || exit "$status"
}

serve() {
  # Who serves never needs the role that owns the tables.
  unset NODEDC_AGENT_GATEWAY_MIGRATION_DATABASE NODEDC_AGENT_GATEWAY_MIGRATION_DATABASE_FILE
  exec "$1" serve
}

ready() {
  local line=""
  exec 3<>"/dev/tcp/127.0.0.1/$1"
  printf 'GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
  read -r -t 3 line <&3
  [[ $line == "HTTP/1.1 200"* ]]
}

case "${1:-}" in
  gateway | tasker | launcher)
    require_secret_files
    migrate "$1"
    serve "$1"
    ;;
  console)
    require_secret_files
    serve console
    ;;
  ready) ready "${2:?ready needs a port}" ;;
  *) complain "say gateway, tasker, launcher, console or ready PORT" ;;
esac
