# The programs the tests drive: Node, the Codex CLI, the MCP conformance suite, Chromium. Sourced after lib.sh.
# What cannot be had is named in MISSING_TOOLS; the tests that need it skip themselves.
# shellcheck shell=bash

TOOLS="$REPO_ROOT/.tools"
MISSING_TOOLS=()

# ensure_tools [no-install]: exports AGENT_GATEWAY_NODE, _CODEX and _CONFORMANCE.
ensure_tools() {
  local modules="$TOOLS/node_modules"
  if ! tools_are_current && [ "${1:-}" != no-install ]; then
    with_lock "$TOOLS/.lock" install_tools || say "The npm registry did not deliver: $(tail -n 1 "$TOOLS/install.log" 2>/dev/null)"
  fi
  AGENT_GATEWAY_NODE=$(newest_node "$modules")
  AGENT_GATEWAY_CODEX=$(find "$modules/@openai" -type f -path '*/codex-*/vendor/*' -name codex -perm -u+x 2>/dev/null | head -n 1) || true
  AGENT_GATEWAY_CONFORMANCE="$modules/@modelcontextprotocol/conformance/dist/index.js"
  [ -f "$AGENT_GATEWAY_CONFORMANCE" ] || AGENT_GATEWAY_CONFORMANCE=""
  export_or_miss AGENT_GATEWAY_NODE "Node 22 or later"
  export_or_miss AGENT_GATEWAY_CODEX "the Codex CLI (npm @openai/codex)"
  export_or_miss AGENT_GATEWAY_CONFORMANCE "the MCP conformance suite (npm @modelcontextprotocol/conformance)"
}

tools_are_current() { cmp -s "$REPO_ROOT/scripts/tools/package-lock.json" "$TOOLS/installed.json"; }

# About 640 MB, once; exactly what the lock file names, checked by its hashes, and no package's scripts.
install_tools() {
  tools_are_current && return 0
  if ! have npm; then
    is_root && have apt-get && apt_install npm || { echo "npm is not here" >"$TOOLS/install.log"; return 1; }
  fi
  say "Installing the test tools into .tools/ (once) …"
  cp -- "$REPO_ROOT/scripts/tools/package.json" "$REPO_ROOT/scripts/tools/package-lock.json" "$TOOLS/"
  (cd "$TOOLS" && npm ci --ignore-scripts --no-audit --no-fund --fetch-retries=1 --fetch-timeout=120000) >"$TOOLS/install.log" 2>&1 || return 1
  cp -- "$TOOLS/package-lock.json" "$TOOLS/installed.json"
}

newest_node() {
  local node
  for node in "$1"/node-*/bin/node "$(command -v node 2>/dev/null)"; do
    if [ -x "$node" ] && [ "$("$node" -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)" -ge 22 ]; then
      printf '%s' "$node"
      return
    fi
  done
}

# ensure_chromium [no-install]: exports AGENT_GATEWAY_CHROMIUM.
ensure_chromium() {
  AGENT_GATEWAY_CHROMIUM=$(find_chromium)
  if [ -z "$AGENT_GATEWAY_CHROMIUM" ] && [ "${1:-}" != no-install ] && have apt-get; then
    # The window-less build does the same work in three quarters of the time; older releases of Debian lack it.
    apt_install chromium-headless-shell || apt_install chromium || true
    AGENT_GATEWAY_CHROMIUM=$(find_chromium)
  fi
  export_or_miss AGENT_GATEWAY_CHROMIUM "Chromium"
}

find_chromium() {
  command -v chromium-headless-shell || command -v chromium || command -v chromium-browser || command -v google-chrome \
    || { [ -x "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" ] && echo "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; } \
    || true
}

export_or_miss() {
  if [ -n "${!1}" ]; then
    export "${1?}"
  else
    unset "$1"
    MISSING_TOOLS+=("$2")
  fi
}
