# Finds or installs the Postgres programs and keeps one private cluster. Sourced after lib.sh.
# shellcheck shell=bash

PG_SERVER_USER=postgres

find_postgres() {
  local version place
  for ((version = OLDEST_POSTGRES + 15; version >= OLDEST_POSTGRES; version--)); do
    for place in "/usr/lib/postgresql/$version/bin" "/usr/pgsql-$version/bin" \
      "/opt/homebrew/opt/postgresql@$version/bin" "/usr/local/opt/postgresql@$version/bin" \
      "/Applications/Postgres.app/Contents/Versions/$version/bin"; do
      has_postgres "$place" && PG_BIN=$place && return 0
    done
  done
  have initdb || return 1
  place=$(dirname -- "$(command -v initdb)")
  has_postgres "$place" && [ "$("$place/postgres" --version | sed 's/^[^0-9]*\([0-9]*\).*/\1/')" -ge "$OLDEST_POSTGRES" ] && PG_BIN=$place
}

has_postgres() {
  local program
  for program in initdb postgres pg_ctl psql; do
    [ -x "$1/$program" ] || return 1
  done
}

# ensure_postgres [no-install]: sets PG_BIN.
ensure_postgres() {
  find_postgres && return 0
  if [ "${1:-}" != no-install ]; then
    say "Postgres $OLDEST_POSTGRES or later is not here; installing it …"
    if have brew; then
      brew install postgresql@16 >&2
    elif have apt-get; then
      apt_install_postgres
    fi
  fi
  find_postgres
}

# Debian starts a cluster of its own on port 5432 with the package; nobody asked for that one.
apt_install_postgres() {
  local rule=/etc/postgresql-common/createcluster.d/agent-gateway.conf status=0
  as_administrator sh -c "mkdir -p '${rule%/*}' && echo 'create_main_cluster = false' >'$rule'" || return 1
  apt_install postgresql || status=$?
  as_administrator rm -f "$rule"
  return "$status"
}

# The server refuses to run as root.
as_postgres() {
  (
    cd / || exit 1
    if ! is_root; then
      exec "$@"
    elif have setpriv; then
      exec setpriv --reuid="$PG_SERVER_USER" --regid="$PG_SERVER_USER" --init-groups "$@"
    else
      exec runuser -u "$PG_SERVER_USER" -- "$@"
    fi
  )
}

# place_cluster FOLDER: sets PG_HOME to where the cluster lives. That is FOLDER, except when root's server user cannot
# reach it (a folder below /root): then FOLDER is a link to a place it can.
place_cluster() {
  PG_HOME=$1
  is_root || { mkdir -p -- "$1"; return; }
  id "$PG_SERVER_USER" >/dev/null 2>&1 || fail "as root, Postgres needs a user named $PG_SERVER_USER: useradd --system $PG_SERVER_USER"
  if [ -L "$1" ]; then
    PG_HOME=$(readlink "$1")
  elif [ ! -d "$1" ] && ! as_postgres test -x "$(dirname -- "$1")" 2>/dev/null; then
    PG_HOME="/var/lib/agent-gateway-demo/$(printf '%s' "$1" | cksum | tr ' ' '-')"
    # Whoever removed the link gave up this data.
    rm -rf -- "$PG_HOME"
    (umask 022 && mkdir -p -- "$(dirname -- "$PG_HOME")")
    ln -s "$PG_HOME" "$1"
  fi
  mkdir -p -- "$PG_HOME"
  chown "$PG_SERVER_USER" "$PG_HOME"
}

# remove_cluster FOLDER: what place_cluster made.
remove_cluster() {
  [ ! -L "$1" ] || rm -rf -- "$(readlink "$1")"
  rm -rf -- "$1"
}

# init_cluster PASSWORD_FILE: once; a cluster that was not made completely is made again.
init_cluster() {
  [ -f "$PG_HOME/complete" ] && return 0
  rm -rf -- "$PG_HOME/data" "$PG_HOME/password"
  # The server user cannot read the owner's file: it gets its own for as long as initdb runs.
  cp -- "$1" "$PG_HOME/password"
  ! is_root || chown "$PG_SERVER_USER" "$PG_HOME/password"
  (as_postgres "$PG_BIN/initdb" -D "$PG_HOME/data" -U postgres --pwfile="$PG_HOME/password" --auth=scram-sha-256 \
    --encoding=UTF8 --locale=C) >"$STATE/logs/initdb.log" 2>&1 || fail "initdb failed: $(tail -n 3 "$STATE/logs/initdb.log")"
  rm -f -- "$PG_HOME/password"
  as_postgres touch "$PG_HOME/complete"
}

cluster_pid() { head -n 1 "$PG_HOME/data/postmaster.pid" 2>/dev/null; }

# Is the process that the cluster's own lock file names really a server on this data?
cluster_is_running() {
  local pid
  pid=$(cluster_pid) && [ -n "$pid" ] && process_command "$pid" | grep -F -- "$PG_HOME/data" >/dev/null
}

process_command() {
  if [ -r "/proc/$1/cmdline" ]; then
    tr '\0' ' ' <"/proc/$1/cmdline"
  else
    ps -o args= -p "$1" 2>/dev/null
  fi
}

# start_cluster PORT: listens on loopback TCP only, writes through to the disk.
start_cluster() {
  cluster_is_running && return 0
  # After a crash or reboot the number in the lock file may be anyone's.
  rm -f -- "$PG_HOME/data/postmaster.pid"
  (as_postgres "$PG_BIN/pg_ctl" start -D "$PG_HOME/data" -l "$PG_HOME/server.log" -w -t 60 \
    -o "-p $1 -h 127.0.0.1 -c unix_socket_directories= -c fsync=on -c log_parameter_max_length=0 -c max_connections=200") >/dev/null 2>&1 \
    || fail "Postgres did not start: $(tail -n 3 "$PG_HOME/server.log" 2>/dev/null)"
}

stop_cluster() {
  cluster_is_running || return 0
  as_postgres "$PG_BIN/pg_ctl" stop -D "$PG_HOME/data" -m fast -w -t 60 >/dev/null 2>&1 || say "Postgres did not stop: $(tail -n 3 "$PG_HOME/server.log")"
}
