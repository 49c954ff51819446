using System.Globalization;
using System.Text;
using AgentGateway.Gateway.Setup.Packet.Encode;

namespace AgentGateway.Gateway.Setup.Packet;

/// <summary>The same server in Codex's two ways of adding it: lines of config.toml, and one command.</summary>
internal static class CodexConfig
{
    public const string DefaultServer = "tasker";

    /// <summary>Where Codex reads the token from when it starts; a token in the file itself is an error to Codex.</summary>
    public const string TokenVariable = "NODEDC_AGENT_TOKEN";

    // Start-up waits for two short answers. A call is answered after at most 2 s of waiting and 10 s at Tasker.
    private const int StartupSeconds = 15;
    private const int CallSeconds = 30;

    public static string Toml(string server, string url, string agent, IEnumerable<string> unattended)
    {
        var name = TomlText.Key(server);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            # agent = {TomlText.BasicString(agent)}
            [mcp_servers.{name}]
            url = {TomlText.BasicString(url)}
            bearer_token_env_var = "{TokenVariable}"
            startup_timeout_sec = {StartupSeconds}
            tool_timeout_sec = {CallSeconds}

            """);
        foreach (var tool in unattended)
        {
            text.Append(CultureInfo.InvariantCulture, $"""

                [mcp_servers.{name}.tools.{TomlText.Key(tool)}]
                approval_mode = "approve"

                """);
        }

        return text.ToString();
    }

    public static string AddCommand(string server, string url) =>
        $"codex mcp add {ShellWord.Of(server)} --url {ShellWord.Of(url)} --bearer-token-env-var {TokenVariable}";
}
