# What ./demo, ./test and the tools beside them share. Sourced, never run. Bash 3.2 (macOS) is enough.
# shellcheck shell=bash

REPO_ROOT=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
ARTIFACTS_BIN="$REPO_ROOT/artifacts/bin"
BUILD_STAMP="$REPO_ROOT/artifacts/release.stamp"
OLDEST_POSTGRES=15

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en
# No build server outlives us: whoever starts a process here also ends it.
export MSBUILDDISABLENODEREUSE=1
# Users without a home exist in containers; the .NET programs want one.
if [ ! -w "${HOME:-/nonexistent}" ]; then
  export HOME="$REPO_ROOT/artifacts/home"
  mkdir -p -- "$HOME"
fi

say() { printf '%s\n' "$*" >&2; }
fail() { say "$(basename -- "$0"): $*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }
is_root() { [ "$(id -u)" = 0 ]; }
is_macos() { [ "$(uname -s)" = Darwin ]; }

# 64 hexadecimal characters: 32 random bytes.
random_secret() { od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n'; }

# wait_until SECONDS COMMAND…: asks five times a second until the command succeeds.
wait_until() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$deadline" ] || return 1
    sleep 0.2
  done
}

# with_lock DIRECTORY COMMAND…: one at a time; a lock whose owner is gone is taken over.
with_lock() {
  local lock=$1 status=0
  shift
  mkdir -p -- "$(dirname -- "$lock")"
  wait_until 600 take_lock "$lock" || fail "another run holds $lock; remove it when none is running"
  "$@" || status=$?
  rm -rf -- "$lock"
  return "$status"
}

take_lock() {
  if mkdir -- "$1" 2>/dev/null; then
    process_mark $$ >"$1/owner"
    return 0
  fi
  # An owner file that is not there yet belongs to someone who is just taking the lock.
  if [ -s "$1/owner" ] && ! process_is_marked "$1/owner"; then
    rm -rf -- "$1"
  fi
  return 1
}

# process_mark PID: one line that no other process ever has, not after a reboot either: number, start, boot.
process_mark() {
  local stat started
  if [ -r "/proc/$1/stat" ]; then
    stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
    # The name in parentheses may hold anything; what follows it is plain: state is field 3, start field 22.
    # shellcheck disable=SC2086
    set -- "$1" ${stat##*) }
    [ "$2" != Z ] || return 1
    started="${21} $(cat /proc/sys/kernel/random/boot_id 2>/dev/null)"
  else
    started=$(LC_ALL=C ps -o lstart= -p "$1" 2>/dev/null) || return 1
  fi
  [ -n "$started" ] && printf '%s %s\n' "$1" "$started"
}

# process_is_marked FILE: is the very process that the file was written for still running?
process_is_marked() {
  local mark pid
  [ -s "$1" ] || return 1
  mark=$(head -n 1 "$1")
  pid=${mark%% *}
  case "$pid" in '' | *[!0-9]*) return 1 ;; esac
  [ "$(process_mark "$pid" 2>/dev/null)" = "$mark" ]
}

ensure_dotnet() {
  if ! have dotnet; then
    local place
    for place in "$HOME/.dotnet" /usr/share/dotnet /usr/local/share/dotnet /usr/lib/dotnet; do
      if [ -x "$place/dotnet" ]; then
        export PATH="$place:$PATH" DOTNET_ROOT="$place"
        break
      fi
    done
  fi
  have dotnet || fail ".NET SDK 10 is missing: https://dotnet.microsoft.com/download/dotnet/10.0"
  local said
  said=$(cd "$REPO_ROOT" && dotnet --version 2>&1 >/dev/null) \
    || fail ".NET SDK 10 cannot be used, or is missing (https://dotnet.microsoft.com/download/dotnet/10.0): $(printf '%s' "$said" | head -n 1)"
  find_dotnet_root
}

# The programs look for the runtime beside a dotnet of the system only, unless they are told.
find_dotnet_root() {
  [ -z "${DOTNET_ROOT:-}" ] || return 0
  DOTNET_ROOT=$(cd "$REPO_ROOT" && dotnet --list-runtimes | sed -n 's|^Microsoft.AspNetCore.App 10\..*\[\(.*\)/shared/Microsoft.AspNetCore.App\]$|\1|p' | head -n 1)
  [ -n "$DOTNET_ROOT" ] || fail "the ASP.NET Core 10 runtime is missing: https://dotnet.microsoft.com/download/dotnet/10.0"
  export DOTNET_ROOT
}

# Is the Release build newer than everything it is made of? Folders count too: they tell of removed files.
build_is_current() {
  [ -f "$BUILD_STAMP" ] && [ -x "$ARTIFACTS_BIN/Gateway/release/gateway" ] && [ -x "$ARTIFACTS_BIN/Tasker/release/tasker" ] \
    && [ -x "$ARTIFACTS_BIN/Launcher/release/launcher" ] || return 1
  [ -z "$(find "$REPO_ROOT/src" "$REPO_ROOT"/Directory.*.props "$REPO_ROOT/global.json" "$REPO_ROOT/.editorconfig" \
    -newer "$BUILD_STAMP" -print 2>/dev/null | head -n 1)" ]
}

# A stamp of the moment the build began, so that a file saved during the build is built next time.
begin_build_stamp() { mkdir -p "$REPO_ROOT/artifacts" && : >"$BUILD_STAMP.new"; }
keep_build_stamp() { mv -f "$BUILD_STAMP.new" "$BUILD_STAMP"; }

build_products() {
  build_is_current && return 0
  say "Building (Release), once …"
  begin_build_stamp
  local project
  for project in Gateway Tasker Launcher Console; do
    dotnet build "$REPO_ROOT/src/$project/$project.csproj" -c Release -v q -nodeReuse:false -p:UseSharedCompilation=false >&2 \
      || fail "the build of src/$project failed"
  done
  keep_build_stamp
}

# as_administrator COMMAND…: root at once; others with sudo, when it asks nothing or someone is there to answer.
as_administrator() {
  if is_root; then
    "$@"
  elif have sudo && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
    sudo "$@"
  else
    return 1
  fi
}

# ensure_command NAME PACKAGE
ensure_command() { have "$1" || { have apt-get && apt_install "$2" && have "$1"; }; }

apt_install() {
  as_administrator env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >&2 && return 0
  # The lists of a fresh machine are empty or old.
  as_administrator env DEBIAN_FRONTEND=noninteractive apt-get update -q >&2 || return 1
  as_administrator env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >&2
}
