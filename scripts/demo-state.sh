# The demo's state folder: what lies in it, who may read it, which ports it uses. Sourced by ./demo.
# shellcheck shell=bash

# Nothing of the caller's environment configures the demo, and unknown names would be refused by the programs.
forget_environment() {
  local name
  for name in ${!NODEDC_AGENT_GATEWAY_@} ${!NODEDC_TASKER_@} ${!NODEDC_LAUNCHER_@} ${!TASKER_@} ${!LAUNCHER_@} ${!ASPNETCORE_@} ${!Kestrel__@} ${!PG@}; do
    case "$name" in PG_SERVER_USER | PG_BIN | PG_HOME) ;; *) unset "$name" ;; esac
  done
  unset DOTNET_ENVIRONMENT URLS
}

# STATE as an absolute path. Only a folder of our own, or an empty one, is ever written to or thrown away.
find_state() {
  (umask 022 && mkdir -p -- "$(dirname -- "$STATE_ARGUMENT")") || fail "$STATE_ARGUMENT cannot be made"
  STATE="$(cd -- "$(dirname -- "$STATE_ARGUMENT")" && pwd -P)/$(basename -- "$STATE_ARGUMENT")"
  STATE="/${STATE#"${STATE%%[!/]*}"}"
  SECRETS="$STATE/secrets"
  if [ -d "$STATE" ] && [ ! -e "$STATE/.agent-gateway-demo" ] && [ -n "$(ls -A -- "$STATE")" ]; then
    fail "$STATE holds something else; name an empty folder with --state"
  fi
  PG_HOME="$STATE/postgres"
  [ ! -L "$PG_HOME" ] || PG_HOME=$(readlink "$PG_HOME")
  read_ports
}

own_state() {
  mkdir -p -- "$STATE"
  # As root, the database's user has to pass through; it sees none of the names and files.
  if is_root; then chmod 711 "$STATE"; else chmod 700 "$STATE"; fi
  : >"$STATE/.agent-gateway-demo"
}

lock_state() {
  own_state
  wait_until 300 take_lock "$STATE/lock" || fail "another ./demo works on $STATE"
  STATE_LOCKED=1
}

unlock_state() {
  rm -rf -- "$STATE/lock"
  STATE_LOCKED=""
}

prepare_state() {
  mkdir -p -- "$STATE/logs" "$STATE/run" "$SECRETS/roles"
  local name
  for name in postgres roles/gateway_owner roles/gateway roles/console roles/tasker roles/launcher \
    gateway-internal-token tasker-internal-token token-pepper key-secret assertion-key raw-api-key \
    launcher-api-token launcher-internal-token; do
    [ -s "$SECRETS/$name" ] || random_secret >"$SECRETS/$name"
  done
  place_cluster "$STATE/postgres"
}

forget_state() {
  stop_all
  remove_cluster "$STATE/postgres"
  (cd -- "$STATE" && rm -rf -- logs run secrets audit launch agent.json agent-token second-agent.json second-agent-token seed.json people.json demo.json ports)
  PG_HOME="$STATE/postgres"
}

read_ports() {
  GATEWAY_PORT="" INTERNAL_PORT="" TASKER_PORT="" POSTGRES_PORT="" LAUNCHER_PORT="" CONSOLE_PORT=""
  [ ! -f "$STATE/ports" ] \
    || read -r GATEWAY_PORT INTERNAL_PORT TASKER_PORT POSTGRES_PORT LAUNCHER_PORT CONSOLE_PORT <"$STATE/ports"
  # Ports of before there was a Launcher, or a console.
  [ -z "$POSTGRES_PORT" ] || LAUNCHER_PORT=${LAUNCHER_PORT:-$((POSTGRES_PORT + 1))}
  [ -z "$POSTGRES_PORT" ] || CONSOLE_PORT=${CONSOLE_PORT:-$((LAUNCHER_PORT + 1))}
}

# The ports of last time, so that a configured Codex still finds the gateway; others where those are taken.
choose_ports() {
  local ports="$GATEWAY_PORT $INTERNAL_PORT $TASKER_PORT $POSTGRES_PORT $LAUNCHER_PORT $CONSOLE_PORT" port
  if [ -n "$PORT_BASE" ]; then
    for port in 0 1 2 3 4 5; do
      port_is_free $((PORT_BASE + port)) || fail "port $((PORT_BASE + port)) is taken"
    done
    ports="$PORT_BASE $((PORT_BASE + 1)) $((PORT_BASE + 2)) $((PORT_BASE + 3)) $((PORT_BASE + 4)) $((PORT_BASE + 5))"
  elif [ -z "$GATEWAY_PORT" ] || ! ports_are_free $ports; then
    # Below the range from which the system lends ports to outgoing connections.
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
      port=$((20000 + ($(od -An -tu2 -N2 /dev/urandom) % 2000) * 6))
      ports="$port $((port + 1)) $((port + 2)) $((port + 3)) $((port + 4)) $((port + 5))"
      ports_are_free $ports && break
    done
  fi
  printf '%s\n' "$ports" >"$STATE/ports"
  read_ports
}

ports_are_free() {
  local port
  for port in "$@"; do
    port_is_free "$port" || return 1
  done
}

port_is_free() { ! (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Files that hold a whole connection string, for the settings that name a file.
write_connection_strings() {
  local name role database
  while read -r name role database; do
    printf 'Host=127.0.0.1;Port=%s;Database=%s;Username=%s;Password=%s' \
      "$POSTGRES_PORT" "$database" "$role" "$(cat "$SECRETS/roles/$role")" >"$SECRETS/$name"
  done <<'ROWS'
gateway-database gateway gateway
gateway-migration-database gateway_owner gateway
tasker-database tasker tasker
launcher-database launcher launcher
console-database console gateway
ROWS
}
