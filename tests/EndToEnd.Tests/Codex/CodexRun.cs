using System.Diagnostics;
using System.Text.Json.Nodes;
using AgentGateway.EndToEnd.Tests.System;

namespace AgentGateway.EndToEnd.Tests.Codex;

/// <summary>One <c>codex exec</c> against the gateway, in a home, work folder and environment of its own.</summary>
internal sealed class CodexRun : IAsyncDisposable
{
    public const string Server = "tasker";

    // Whatever else Codex would contact meets a closed port.
    private const string NoWayOut = "http://127.0.0.1:9";
    private const string Near = "127.0.0.1,localhost,[::1],::1";
    private static readonly string[] Proxies =
        ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];

    private readonly ChildProcess _process;

    private CodexRun(ChildProcess process, ScriptedModel model)
    {
        _process = process;
        Model = model;
    }

    public ScriptedModel Model { get; }

    public bool TimedOut { get; private init; }

    public TimeSpan Duration { get; private init; }

    public int? ExitCode => TimedOut ? null : _process.ExitCode;

    /// <summary>All that Codex printed: its events and its complaints.</summary>
    public string Printed => _process.Output + _process.Error;

    /// <summary>Codex's own records of MCP calls.</summary>
    public IReadOnlyList<JsonObject> McpCalls =>
        [.. Events().Where(line => (string?)line["type"] == "item.completed").Select(line => line["item"]).OfType<JsonObject>()
            .Where(item => (string?)item["type"] == "mcp_tool_call")];

    public static async Task<CodexRun> ExecuteAsync(
        string codex, Uri gateway, string token, CodexScript script, ToolMode mode, TimeSpan patience)
    {
        using var folder = new TemporaryFolder("codex");
        var home = folder.Make("home");
        var work = folder.Make("work");
        var model = new ScriptedModel(script, mode, Server);
        await model.StartAsync();
        folder.Write(
            Path.Combine("home", "config.toml"),
            CodexConfig.Write(model.BaseUrl, mode.Model(), Server, gateway, script.ApprovedTools));

        var clock = Stopwatch.StartNew();
        var process = ChildProcess.Start(
            codex, ["exec", "--json", "--skip-git-repo-check", "-C", work, "Follow the script."], Environment(home, token), work);
        var ended = await process.WaitForExitAsync(patience);
        var run = new CodexRun(process, model) { TimedOut = !ended, Duration = clock.Elapsed };
        if (!ended)
        {
            await process.DisposeAsync();
        }

        return run;
    }

    public string Describe() => string.Join('\n', [
        $"codex exec took {Duration.TotalSeconds:F1} s, exit code {ExitCode?.ToString(null, null) ?? "none: it was ended"}",
        "--- what the model did and got", Model.Transcript(), "--- what Codex printed", Printed]);

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        await Model.DisposeAsync();
    }

    private static Dictionary<string, string> Environment(string home, string token)
    {
        var environment = new Dictionary<string, string>
        {
            ["PATH"] = global::System.Environment.GetEnvironmentVariable("PATH") ?? "",
            ["HOME"] = home,
            ["CODEX_HOME"] = home,
            ["LANG"] = "C.UTF-8",
            ["TERM"] = "dumb",
            [CodexConfig.TokenVariable] = token,
            [CodexConfig.ModelKeyVariable] = "scripted",
            ["NO_PROXY"] = Near,
            ["no_proxy"] = Near,
        };
        foreach (var proxy in Proxies)
        {
            environment[proxy] = NoWayOut;
        }

        return environment;
    }

    private IEnumerable<JsonObject> Events() => _process.Output
        .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Where(line => line.StartsWith('{'))
        .Select(line => JsonNode.Parse(line)).OfType<JsonObject>();
}
