# The demo's agents, made as Tasker makes them for people: through the gateway's API for owners. Sourced by ./demo.
# shellcheck shell=bash

# Made once each: a token is shown by the gateway that one time and kept here.
ensure_agents() {
  ensure_agent agent "$(seed_owner id)" "$(seed_owner name)" \
    '"name":"laptop","mode":"full","grants":[{"project":"NDC","bundle":"contributor"},{"project":"OPS","bundle":"maintainer"}]'
  ensure_agent second-agent "$(second_owner id)" "$(second_owner name)" \
    '"name":"reader","mode":"read_only","grants":[{"project":"NDC","bundle":"observer"}]'
}

# ensure_agent FILE OWNER-ID OWNER-NAME MEMBERS: leaves FILE.json and FILE-token.
ensure_agent() {
  local file="$STATE/$1" owner=$2 id token
  [ ! -s "$file-token" ] || return 0
  [ -n "$owner" ] || fail "the sample data name no owner for $1"
  # With a key, so that an earlier start that got only this far has made the same agent.
  ask_gateway "/owners/$owner/agents" "$owner" "demo-$1" \
    "{\"workspace\":\"nodedc\",\"owner_name\":$(json_string "$3"),$4}" "$file.json"
  id=$(json_text id "$file.json")
  ask_gateway "/owners/$owner/agents/$id/tokens" "$owner" "" '{"label":"demo"}' "$file.answer"
  token=$(json_text token "$file.answer")
  rm -f -- "$file.answer"
  [ -n "$token" ] || fail "the gateway showed no token for $1"
  printf '%s' "$token" >"$file-token.new"
  mv -f -- "$file-token.new" "$file-token"
}

# ask_gateway PATH ACTOR KEY BODY ANSWER-FILE: POST to the internal listener without needing curl, in whose arguments a token
# would show. What is not 201 is the end.
ask_gateway() {
  local status="" path=$1 actor=$2 key=$3 body=$4 file=$5
  {
    exec 3<>"/dev/tcp/127.0.0.1/$INTERNAL_PORT" && {
      printf 'POST /api/internal/v1%s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n' "$path"
      printf 'Authorization: Bearer %s\r\nX-NodeDC-Actor: %s\r\n' "$(cat "$SECRETS/gateway-internal-token")" "$actor"
      [ -z "$key" ] || printf 'Idempotency-Key: %s\r\n' "$key"
      printf 'Content-Type: application/json\r\nContent-Length: %s\r\n\r\n%s' "$(printf '%s' "$body" | wc -c | tr -d ' ')" "$body"
    } >&3 && {
      read -r -t 30 status <&3 || true
      sed '1,/^.$/d' <&3 >"$file"
      exec 3>&-
    }
  } 2>>"$STATE/logs/agent.log"
  case "$status" in 'HTTP/1.1 201'*) ;; *) fail "the gateway refused $path: ${status:-no answer} $(cat "$file" 2>/dev/null)" ;; esac
}
