#!/usr/bin/env bash
# Makes docker/secrets/ for compose.yaml: random values, once; files that are there stay as they are.
set -euo pipefail
# shellcheck source=../scripts/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/../scripts/lib.sh"

SECRETS=${1:-$REPO_ROOT/docker/secrets}

# The folder is closed to others. The files are not: compose mounts them as they are, for users inside the containers
# whose numbers this machine does not know.
umask 022
mkdir -p -- "$SECRETS"
chmod 700 "$SECRETS"

keep() { [ -s "$SECRETS/$1" ] || printf '%s' "$2" >"$SECRETS/$1"; }

for name in postgres gateway_owner gateway console tasker launcher gateway_internal_token token_pepper key_secret \
  tasker_internal_token assertion_key raw_api_key launcher_api_token launcher_internal_token; do
  keep "$name" "$(random_secret)"
done

# Signs the audit's checkpoints; whoever verifies them needs the public half alone.
# The others sign people into Tasker and the console, for 60 seconds and once.
for pair in checkpoint:checkpoint_key launcher_launch:launcher_launch_key tasker_launch:tasker_launch_key; do
  keep "${pair#*:}" "$(openssl ecparam -name prime256v1 -genkey -noout)"
  keep "${pair%%:*}_pub" "$(openssl ec -in "$SECRETS/${pair#*:}" -pubout 2>/dev/null)"
done

connection() { printf 'Host=postgres;Database=%s;Username=%s;Password=%s' "$1" "$2" "$(cat "$SECRETS/$2")"; }

keep gateway_database "$(connection gateway gateway)"
keep gateway_migration_database "$(connection gateway gateway_owner)"
keep console_database "$(connection gateway console)"
keep launcher_database "$(connection launcher launcher)"
keep tasker_database "$(connection tasker tasker)"
say "The secrets are in $SECRETS."
