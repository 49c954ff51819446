using System.Diagnostics;
using System.Text.Json.Nodes;
using AgentGateway.Gateway.Setup.Packet;
using AgentGateway.Gateway.Setup.Packet.Encode;

namespace AgentGateway.Gateway.Tests.Setup.Packet;

/// <summary>The real Codex CLI reads what a packet says; no other program has to.</summary>
public sealed class RealCodexTests
{
    private const string Variable = "AGENT_GATEWAY_CODEX";

    [SkippableFact]
    public async Task Codex_reads_every_name_back_as_it_is()
    {
        var config = CodexConfig.Toml("tasker", "https://gateway.example.org/mcp", "laptop", [])
            + $"enabled_tools = [{string.Join(", ", NaughtyNames.All.Select(TomlText.BasicString))}]\n";

        var server = await GetAsync(config, "tasker");

        Assert.Equal(NaughtyNames.All, server["enabled_tools"]!.AsArray().Select(name => (string)name!));
    }

    [SkippableFact]
    public async Task Codex_takes_the_configuration_whatever_the_agents_name()
    {
        // Some hundred starts of a process: a few names of each kind have to do here, the strict reader has them all.
        foreach (var name in NaughtyNames.All.Where((_, at) => at % 24 == 0))
        {
            var server = await GetAsync(
                CodexConfig.Toml("work-tasker", "https://gateway.example.org/mcp", name, ["create_card", "move_card"]), "work-tasker");

            Assert.Equal("https://gateway.example.org/mcp", (string)server["transport"]!["url"]!);
            Assert.Equal("NODEDC_AGENT_TOKEN", (string)server["transport"]!["bearer_token_env_var"]!);
            Assert.Equal(30, (double)server["tool_timeout_sec"]!);
        }
    }

    [SkippableFact]
    public async Task The_command_of_a_packet_adds_the_server_to_the_real_codex()
    {
        using var home = new Home(Codex(), "");
        var command = CodexConfig.AddCommand("tasker", "https://gateway.example.org/it's%20$HOME/mcp");

        var added = await home.RunAsync("/bin/bash", "-c", $"codex() {{ '{home.Codex}' \"$@\"; }}; {command}");
        var server = JsonNode.Parse(await home.RunAsync(home.Codex, "mcp", "get", "tasker", "--json"))!;

        Assert.Contains("tasker", added, StringComparison.Ordinal);
        Assert.Equal("https://gateway.example.org/it's%20$HOME/mcp", (string)server["transport"]!["url"]!);
    }

    private static async Task<JsonNode> GetAsync(string config, string server)
    {
        using var home = new Home(Codex(), config);
        return JsonNode.Parse(await home.RunAsync(home.Codex, "mcp", "get", server, "--json"))!;
    }

    private static string Codex()
    {
        var path = Environment.GetEnvironmentVariable(Variable);
        Skip.If(string.IsNullOrWhiteSpace(path), $"NOT TESTED: {Variable} is not set; ./test installs the program and sets it.");
        return path!;
    }

    /// <summary>A CODEX_HOME of its own.</summary>
    private sealed class Home : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("codex-home-");

        public Home(string codex, string config)
        {
            Codex = codex;
            File.WriteAllText(Path.Combine(_folder.FullName, "config.toml"), config);
        }

        public string Codex { get; }

        public async Task<string> RunAsync(string program, params string[] args)
        {
            var start = new ProcessStartInfo(program, args) { RedirectStandardOutput = true, RedirectStandardError = true };
            start.Environment.Clear();
            start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH");
            start.Environment["HOME"] = start.Environment["CODEX_HOME"] = _folder.FullName;
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            Assert.True(process.ExitCode == 0, output + await errors);
            return output;
        }

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
