# What the demo says: demo.json for programs, the summary and the status for people. Sourced by ./demo.
# shellcheck shell=bash

# json_text NAME FILE: the first string of that name; enough for the small answers of our own commands.
json_text() { tr -d '\n' <"$2" | grep -o '"'"$1"'"[[:space:]]*:[[:space:]]*"[^"]*"' | head -n 1 | sed 's/.*"\([^"]*\)"$/\1/' || true; }

# The members of the owner in what `tasker seed --json` printed.
seed_owner() {
  local owner
  owner=$(tr -d '\n' <"$STATE/seed.json" | sed -n 's/.*"owner"[[:space:]]*:[[:space:]]*{\([^}]*\)}.*/\1/p')
  printf '%s' "$owner" | sed -n 's/.*"'"$1"'"[[:space:]]*:[[:space:]]*"\([^"]*\)".*/\1/p'
}

# The members of the second owner in what `launcher seed --json` printed.
second_owner() {
  tr -d '\n' <"$STATE/people.json" | grep -o '{[^{}]*"ivan@nodedc.example"[^{}]*}' \
    | sed -n 's/.*"'"$1"'"[[:space:]]*:[[:space:]]*"\([^"]*\)".*/\1/p'
}

json_string() { printf '"%s"' "$(printf '%s' "$1" | sed 's/\\/\\\\/g; s/"/\\"/g')"; }

write_demo_json() {
  local gateway="http://127.0.0.1:$GATEWAY_PORT" tasker="http://127.0.0.1:$TASKER_PORT"
  cat >"$STATE/demo.json.new" <<JSON
{
  "mcp": "$gateway/mcp",
  "gateway": "$gateway",
  "internal": "http://127.0.0.1:$INTERNAL_PORT",
  "tasker": "$tasker",
  "board": "$tasker/",
  "launcher": "http://127.0.0.1:$LAUNCHER_PORT",
  "console": "http://127.0.0.1:$CONSOLE_PORT",
  "workspace": "nodedc",
  "projects": ["NDC", "OPS"],
  "ungranted": "SEC",
  "owner": { "id": $(json_string "$(seed_owner id)"), "name": $(json_string "$(seed_owner name)") },
  "agent": { "id": $(json_string "$(json_text id "$STATE/agent.json")"), "name": "laptop", "token": $(json_string "$(cat "$STATE/agent-token")") },
  "second": {
    "owner": { "id": $(json_string "$(second_owner id)"), "name": $(json_string "$(second_owner name)") },
    "agent": { "id": $(json_string "$(json_text id "$STATE/second-agent.json")"), "name": "reader", "token": $(json_string "$(cat "$STATE/second-agent-token")") }
  },
  "internalToken": $(json_string "$(cat "$SECRETS/gateway-internal-token")"),
  "taskerInternalToken": $(json_string "$(cat "$SECRETS/tasker-internal-token")"),
  "launcherApiToken": $(json_string "$(cat "$SECRETS/launcher-api-token")"),
  "database": $(json_string "$(cat "$SECRETS/gateway-migration-database")"),
  "pids": { "gateway": $(part_pid gateway), "launcher": $(part_pid launcher), "tasker": $(part_pid tasker), "console": $(part_pid console), "postgres": $(part_pid postgres) }
}
JSON
  mv -f -- "$STATE/demo.json.new" "$STATE/demo.json"
}

print_status() {
  local part running=0
  for part in gateway launcher tasker console postgres; do
    if part_is_running "$part"; then
      echo "$part runs (process $(part_pid "$part"), log $(part_log "$part"))"
      running=$((running + 1))
    else
      echo "$part does not run"
    fi
  done
  [ "$running" = 5 ] && echo "http://127.0.0.1:$GATEWAY_PORT/mcp"
}

# The token stands in a file, not here: what is printed ends up in scrollback and logs.
print_summary() {
  local mcp="http://127.0.0.1:$GATEWAY_PORT/mcp" demo="./demo"
  local curl="curl -s $mcp -H \"Authorization: Bearer \$NODEDC_AGENT_TOKEN\" -H 'Content-Type: application/json' -H 'Accept: application/json, text/event-stream' -d"
  [ "$STATE" = "$REPO_ROOT/.demo" ] || demo="./demo --state $(printf %q "$STATE")"
  cat <<TEXT

The demo runs. $(seed_owner name)'s agent "laptop" may work on NDC (contributor) and OPS (maintainer), not on SEC.
$(second_owner name)'s agent "reader" may read NDC and nothing else; its token is in $STATE/second-agent-token.

1. Connect Codex, in this order, in the shell you start it from (it reads the variable only at its start):

export NODEDC_AGENT_TOKEN="\$(cat $(printf %q "$STATE/agent-token"))"
codex mcp add tasker --url $mcp --bearer-token-env-var NODEDC_AGENT_TOKEN
codex

2. Or ask without Codex. What the agent may do, a new card, and one that is refused:

$curl '{"jsonrpc":"2.0","id":1,"method":"tools/list"}'
$curl '{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"create_card","arguments":{"project":"NDC","title":"Written by an agent"}}}'
$curl '{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"create_card","arguments":{"project":"SEC","title":"Not allowed"}}}'

3. Look at it in a browser. Sign in at the Launcher as one of its people, then open Tasker or the console from there:

http://127.0.0.1:$LAUNCHER_PORT/    who may have agents; from here into the others
http://127.0.0.1:$TASKER_PORT/    the board, and "Codex agents" under the workspace's settings
http://127.0.0.1:$CONSOLE_PORT/    every route, every call, the integrity of the audit

4. Or from here, what was let through and whether the record holds:

$demo --gateway audit tail -n 5
$demo --gateway audit verify --public-key $(printf %q "$STATE/audit/checkpoint.pub") --checkpoints $(printf %q "$STATE/audit/checkpoints.ndjson")

5. Let another machine pair with an agent by a code that its owner approves on Tasker's page:

scripts/connect --gateway http://127.0.0.1:$GATEWAY_PORT --dry-run

6. Switch Anna's agents off and on again, as an administrator does in the Launcher; the agent hears of it at its next call:

curl -s -X PUT http://127.0.0.1:$LAUNCHER_PORT/api/v1/clients/nodedc/users/$(seed_owner id)/modules/codex_agents \\
  -H "Authorization: Bearer \$(cat $(printf %q "$SECRETS/launcher-api-token"))" -H "X-NodeDC-Actor: $(seed_owner id)" \\
  -H 'Content-Type: application/json' -d '{"enabled":false,"reason":"a try"}'

TEXT
}
