namespace AgentGateway.EndToEnd.Tests.Codex;

/// <summary>The config.toml of a run: the server as users add it, a scripted model, and no look outside.</summary>
internal static class CodexConfig
{
    public const string TokenVariable = "NODEDC_AGENT_TOKEN";
    public const string ModelKeyVariable = "SCRIPTED_MODEL_KEY";

    // No approval mode is set for the server: what runs unasked is decided by the gateway's own annotations,
    // and by the tools a person has approved for good.
    public static string Write(string modelUrl, string model, string server, Uri gateway, IEnumerable<string> approved) =>
        Write(modelUrl, model, server, gateway) + string.Concat(approved.Select(tool =>
            $"""
            [mcp_servers.{server}.tools.{tool}]
            approval_mode = "approve"


            """));

    private static string Write(string modelUrl, string model, string server, Uri gateway) =>
        $"""
        model = "{model}"
        model_provider = "scripted"
        check_for_update_on_startup = false
        approval_policy = "never"
        sandbox_mode = "read-only"
        mcp_oauth_credentials_store = "file"
        cli_auth_credentials_store = "file"

        [analytics]
        enabled = false

        [feedback]
        enabled = false

        [features]
        plugins = false
        remote_plugin = false

        [model_providers.scripted]
        name = "scripted"
        base_url = "{modelUrl}"
        env_key = "{ModelKeyVariable}"
        wire_api = "responses"
        request_max_retries = 0
        stream_max_retries = 0
        supports_websockets = false

        [mcp_servers.{server}]
        url = "{gateway}"
        bearer_token_env_var = "{TokenVariable}"
        startup_timeout_sec = 15
        tool_timeout_sec = 30
        required = true

        """;
}
