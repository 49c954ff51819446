# Starts, watches and stops Tasker, the Launcher, the gateway and the console. Sourced by ./demo.
# shellcheck shell=bash

# The settings of each program. Secrets are named by their files, so that no list of processes or environments shows one.
gateway_settings() {
  export NODEDC_AGENT_GATEWAY_URLS="http://127.0.0.1:$GATEWAY_PORT"
  export NODEDC_AGENT_GATEWAY_INTERNAL_URLS="http://127.0.0.1:$INTERNAL_PORT"
  export NODEDC_AGENT_GATEWAY_DATABASE_FILE="$SECRETS/gateway-database"
  export NODEDC_AGENT_GATEWAY_INTERNAL_TOKEN_FILE="$SECRETS/gateway-internal-token"
  export NODEDC_AGENT_GATEWAY_TOKEN_PEPPER_FILE="$SECRETS/token-pepper"
  export NODEDC_AGENT_GATEWAY_KEY_SECRET_FILE="$SECRETS/key-secret"
  export NODEDC_AGENT_GATEWAY_CHECKPOINT_KEY_FILE="$SECRETS/checkpoint-key"
  export NODEDC_AGENT_GATEWAY_CHECKPOINT_FILE="$STATE/audit/checkpoints.ndjson"
  # One machine's agent may try things out faster than a team's.
  export NODEDC_AGENT_GATEWAY_AGENT_RATE=50/200
  export NODEDC_AGENT_GATEWAY_AGENT_WRITE_RATE=20/100
  export NODEDC_AGENT_GATEWAY_OWNER_RATE=100/400
  export NODEDC_AGENT_GATEWAY_SOURCE_RATE="2000/8000"
  export NODEDC_AGENT_GATEWAY_SOURCE_CONNECTIONS="512"
  export NODEDC_AGENT_GATEWAY_CONFIG_DIR="$REPO_ROOT/config"
  export NODEDC_TASKER_BASE_URL="http://127.0.0.1:$TASKER_PORT"
  export NODEDC_TASKER_INTERNAL_TOKEN_FILE="$SECRETS/tasker-internal-token"
  export NODEDC_TASKER_ASSERTION_KEY_FILE="$SECRETS/assertion-key"
  export NODEDC_AGENT_GATEWAY_REQUIRE_ENTITLEMENT=true
  export NODEDC_LAUNCHER_BASE_URL="http://127.0.0.1:$LAUNCHER_PORT"
  export NODEDC_LAUNCHER_API_TOKEN_FILE="$SECRETS/launcher-internal-token"
}

launcher_settings() {
  export LAUNCHER_URLS="http://127.0.0.1:$LAUNCHER_PORT"
  export LAUNCHER_DATABASE_FILE="$SECRETS/launcher-database"
  export LAUNCHER_API_TOKEN_FILE="$SECRETS/launcher-api-token"
  export LAUNCHER_INTERNAL_TOKEN_FILE="$SECRETS/launcher-internal-token"
  export LAUNCHER_GATEWAY_URL="http://127.0.0.1:$INTERNAL_PORT"
  export LAUNCHER_GATEWAY_TOKEN_FILE="$SECRETS/gateway-internal-token"
  export LAUNCHER_LAUNCH_KEY_FILE="$SECRETS/launcher-launch-key"
  export LAUNCHER_TASKER_URL="http://127.0.0.1:$TASKER_PORT"
  export LAUNCHER_CONSOLE_URL="http://127.0.0.1:$CONSOLE_PORT"
  # Whoever sits at this machine may try everybody's part; the real Launcher has a sign-in of its own.
  export LAUNCHER_DEMO_SIGN_IN=true
}

tasker_settings() {
  export TASKER_URLS="http://127.0.0.1:$TASKER_PORT"
  export TASKER_DATABASE_FILE="$SECRETS/tasker-database"
  export TASKER_INTERNAL_TOKENS_FILE="$SECRETS/tasker-internal-token"
  export TASKER_ASSERTION_KEY_FILE="$SECRETS/assertion-key"
  export TASKER_RAW_API_KEY_FILE="$SECRETS/raw-api-key"
  export TASKER_GATEWAY_URL="http://127.0.0.1:$INTERNAL_PORT"
  export TASKER_GATEWAY_TOKEN_FILE="$SECRETS/gateway-internal-token"
  export TASKER_GATEWAY_PUBLIC_URL="http://127.0.0.1:$GATEWAY_PORT"
  export TASKER_LAUNCH_PUBLIC_KEYS="launcher=$STATE/launch/launcher.pub"
  export TASKER_LAUNCH_KEY_FILE="$SECRETS/tasker-launch-key"
  export TASKER_LAUNCHER_URL="http://127.0.0.1:$LAUNCHER_PORT"
  export TASKER_CONSOLE_URL="http://127.0.0.1:$CONSOLE_PORT"
}

console_settings() {
  export CONSOLE_URLS="http://127.0.0.1:$CONSOLE_PORT"
  export CONSOLE_DATABASE_FILE="$SECRETS/console-database"
  export CONSOLE_GATEWAY_BINARY
  CONSOLE_GATEWAY_BINARY=$(program gateway)
  export CONSOLE_MANIFEST_DIR="$REPO_ROOT/config"
  export CONSOLE_LAUNCH_PUBLIC_KEYS="launcher=$STATE/launch/launcher.pub,tasker=$STATE/launch/tasker.pub"
  export CONSOLE_SIGN_IN_URL="http://127.0.0.1:$LAUNCHER_PORT"
  export CONSOLE_CHECKPOINT_PUBLIC_KEYS="$STATE/audit/checkpoint.pub"
  export CONSOLE_CHECKPOINT_FILE="$STATE/audit/checkpoints.ndjson"
  export CONSOLE_REQUIRE_ENTITLEMENT=true
}

# Who serves never needs the role that owns the tables.
migrate_gateway() {
  (export NODEDC_AGENT_GATEWAY_MIGRATION_DATABASE_FILE="$SECRETS/gateway-migration-database" && run gateway migrate)
}

# run gateway|tasker|launcher|console ARGS…
run() { ("$1_settings" && exec "$(program "$1")" "${@:2}"); }

program() {
  case "$1" in
    gateway) echo "$ARTIFACTS_BIN/Gateway/release/gateway" ;;
    tasker) echo "$ARTIFACTS_BIN/Tasker/release/tasker" ;;
    launcher) echo "$ARTIFACTS_BIN/Launcher/release/launcher" ;;
    console) echo "$ARTIFACTS_BIN/Console/release/console" ;;
  esac
}

# With which Launcher and Tasker sign people into each other's pages; only the public halves leave their owner.
make_launch_keys() {
  local issuer
  mkdir -p -- "$STATE/launch"
  for issuer in launcher tasker; do
    [ -s "$SECRETS/$issuer-launch-key" ] || once "$issuer-keygen" "$(program gateway)" audit keygen \
      --private "$SECRETS/$issuer-launch-key" --public "$STATE/launch/$issuer.pub"
  done
}

start_tasker() {
  write_connection_strings
  say "Tasker …"
  once tasker-migrate run tasker migrate
  once tasker-seed run tasker seed --json
  cp -- "$STATE/logs/tasker-seed.log" "$STATE/seed.json"
  start_part tasker
  wait_for_part tasker "$TASKER_PORT"
}

# It pushes who may have agents to the gateway as soon as that listens.
start_launcher() {
  say "Launcher …"
  once launcher-migrate run launcher migrate
  once launcher-seed run launcher seed --json
  cp -- "$STATE/logs/launcher-seed.log" "$STATE/people.json"
  start_part launcher
  wait_for_part launcher "$LAUNCHER_PORT"
}

start_gateway() {
  say "Gateway …"
  mkdir -p -- "$STATE/audit"
  [ -s "$SECRETS/checkpoint-key" ] || once audit-keygen "$(program gateway)" audit keygen \
    --private "$SECRETS/checkpoint-key" --public "$STATE/audit/checkpoint.pub"
  once gateway-migrate migrate_gateway
  start_part gateway
  wait_for_part gateway "$INTERNAL_PORT"
}

start_console() {
  say "Console …"
  start_part console
  wait_for_part console "$CONSOLE_PORT"
}

# once NAME COMMAND…: a command that has to succeed before we go on.
once() {
  local log="$STATE/logs/$1.log"
  # In a subshell: what we say when we are interrupted meanwhile does not belong into that log.
  ("${@:2}") >"$log" 2>"$log.err" </dev/null || fail "$1 failed: $(cat "$log.err" "$log" | tail -n 12)"
}

# start_part NAME: in a process group of its own, so that Ctrl-C is ours to pass on and all of it can be ended.
start_part() {
  local name=$1
  set -m
  (trap '' HUP && "${name}_settings" && exec "$(program "$name")" serve) >"$STATE/logs/$name.log" 2>&1 </dev/null &
  set +m
  disown $! 2>/dev/null || true
  process_mark $! >"$STATE/run/$name" || fail "$name ended at once: $(tail -n 12 "$STATE/logs/$name.log")"
}

wait_for_part() {
  wait_until 90 part_answers_or_ended "$1" "$2" || fail "$1 is not ready after 90 s: $(tail -n 12 "$STATE/logs/$1.log")"
  part_is_running "$1" || fail "$1 did not start: $(tail -n 12 "$STATE/logs/$1.log")"
}

part_answers_or_ended() { ! part_is_running "$1" || answers_ready "$2"; }

# GET /readyz without needing curl.
answers_ready() {
  local line=""
  {
    exec 3<>"/dev/tcp/127.0.0.1/$1" || return 1
    printf 'GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n' >&3
    read -r -t 5 line <&3
    exec 3>&-
  } 2>/dev/null
  case "$line" in 'HTTP/1.1 200'*) ;; *) return 1 ;; esac
}

part_is_running() {
  if [ "$1" = postgres ]; then cluster_is_running; else process_is_marked "$STATE/run/$1"; fi
}

part_pid() {
  if [ "$1" = postgres ]; then cluster_pid; else cut -d ' ' -f 1 "$STATE/run/$1"; fi
}

part_log() {
  if [ "$1" = postgres ]; then echo "$PG_HOME/server.log"; else echo "$STATE/logs/$1.log"; fi
}

all_running() {
  part_is_running gateway && part_is_running launcher && part_is_running tasker && part_is_running console \
    && part_is_running postgres && [ -s "$STATE/demo.json" ]
}

stop_all() {
  rm -f -- "$STATE/demo.json"
  stop_part console
  stop_part gateway
  stop_part launcher
  stop_part tasker
  [ -z "${PG_BIN:-}" ] || stop_cluster
}

stop_part() {
  local mark="$STATE/run/$1" pid
  if process_is_marked "$mark"; then
    pid=$(part_pid "$1")
    kill -TERM -- "-$pid" 2>/dev/null || true
    if ! wait_until 20 part_has_ended "$1"; then
      say "$1 does not end; killing it."
      kill -KILL -- "-$pid" 2>/dev/null || true
      wait_until 5 part_has_ended "$1" || say "$1 still runs as process $pid."
    fi
  fi
  rm -f -- "$mark"
}

part_has_ended() { ! part_is_running "$1"; }
