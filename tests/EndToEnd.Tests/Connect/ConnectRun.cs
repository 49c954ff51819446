using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AgentGateway.EndToEnd.Tests.System;

namespace AgentGateway.EndToEnd.Tests.Connect;

/// <summary>
/// The script as a user runs it, in a home of its own. Its curl and codex are watched: what they and every other process have
/// as arguments while it runs is kept outside of that home.
/// </summary>
internal sealed partial class ConnectRun : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new("connect");

    public ConnectRun(string? codex = null)
    {
        Home = _folder.Make("home");
        Evidence = _folder.Make("evidence");
        Programs = _folder.Make("bin");
        const string watch = """ps -axww -o args >>"$EVIDENCE/ps"; printf '%s\n' "$*" >>"$EVIDENCE/$(basename "$0")"; """;
        Program("curl", $"""{watch} exec /usr/bin/curl "$@" """);
        var add = """mkdir -p "$CODEX_HOME"; printf '[mcp_servers.%s]\nurl = "%s"\n' "$3" "$5" >>"$CODEX_HOME/config.toml"; exit ${CODEX_FAILS:-0}""";
        var real = codex is null ? add : $"exec '{codex}' \"$@\"";
        Program("codex", $"""{watch} env >>"$EVIDENCE/codex-environment"; {real} """);
    }

    public string Home { get; }

    public string Evidence { get; }

    public string CodexConfig => Path.Combine(Home, ".codex", "config.toml");

    public string Stored => Path.Combine(Home, ".config", "nodedc", "agent-token");

    public string Work => _folder.Make("work");

    private string Programs { get; }

    public static string Script => Path.Combine(System.Programs.Repository, "scripts", "connect");

    /// <summary>Runs to the end; a code that is shown meanwhile is given to <paramref name="decide"/>.</summary>
    public Task<ConnectResult> RunAsync(Func<string, Task>? decide, params string[] arguments) =>
        RunAsync(decide, new Dictionary<string, string>(), arguments);

    public async Task<ConnectResult> RunAsync(
        Func<string, Task>? decide, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        await using var process = ChildProcess.Start("/bin/bash", [Script, .. arguments], Environment(environment), Work);
        return await EndAsync(process, decide);
    }

    /// <summary>Runs it with a token on its standard input, as <c>--token-stdin</c> reads it.</summary>
    public async Task<ConnectResult> RunWithTokenAsync(
        string token, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        await using var process = ChildProcess.Start(
            "/bin/bash", ["-c", """printf '%s\n' "$GIVEN" | (unset GIVEN; exec /bin/bash ${TRACED:+-x} "$0" --token-stdin "$@")""", Script, .. arguments],
            Environment(environment).Append(new("GIVEN", token)).ToDictionary(), Work);
        return await EndAsync(process, null);
    }

    /// <summary>Starts it and leaves it running.</summary>
    public ChildProcess Start(params string[] arguments) =>
        ChildProcess.Start("/bin/bash", [Script, .. arguments], Environment(new Dictionary<string, string>()), Work);

    public static async Task<string> CodeAsync(ChildProcess process)
    {
        for (var waited = 0; waited < 600; waited++)
        {
            if (ShownCode().Match(process.Error) is { Success: true } shown)
            {
                return shown.Groups[1].Value;
            }

            Assert.False(process.HasExited, process.Error);
            await Task.Delay(50);
        }

        throw new InvalidOperationException($"No code was shown: {process.Error}");
    }

    /// <summary>Every file below the home, with what is in it.</summary>
    public IReadOnlyDictionary<string, string> Files() => Directory.EnumerateFiles(Home, "*", SearchOption.AllDirectories)
        .ToDictionary(path => path, File.ReadAllText, StringComparer.Ordinal);

    public string Watched() => string.Concat(Directory.EnumerateFiles(Evidence).Select(File.ReadAllText));

    public static UnixFileMode Mode(string path) =>
        OperatingSystem.IsWindows() ? throw new PlatformNotSupportedException() : File.GetUnixFileMode(path);

    public void Dispose() => _folder.Dispose();

    private static async Task<ConnectResult> EndAsync(ChildProcess process, Func<string, Task>? decide)
    {
        if (decide is not null)
        {
            await decide(await CodeAsync(process));
        }

        Assert.True(await process.WaitForExitAsync(Patience), $"connect does not end:\n{process.Error}");
        return new ConnectResult(process.ExitCode, process.Output, process.Error);
    }

    private Dictionary<string, string> Environment(IReadOnlyDictionary<string, string> more) => new(more)
    {
        ["PATH"] = $"{Programs}:" + global::System.Environment.GetEnvironmentVariable("PATH"),
        ["HOME"] = Home,
        ["CODEX_HOME"] = Path.Combine(Home, ".codex"),
        ["EVIDENCE"] = Evidence,
    };

    private void Program(string name, string body)
    {
        var path = _folder.Write(Path.Combine("bin", name), $"#!/bin/bash\nset -eu\n{body}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [GeneratedRegex(@"enter +([A-Z]{4}-[A-Z]{4})")]
    private static partial Regex ShownCode();
}

/// <summary>How the script ended and what it printed.</summary>
internal sealed record ConnectResult(int ExitCode, string Output, string Error)
{
    /// <summary>The value of the variable that a shell has after evaluating the output.</summary>
    public async Task<string> EvaluateAsync()
    {
        await using var shell = ChildProcess.Start(
            "/bin/sh", ["-c", "eval \"$PRINTED\"; printf %s \"$NODEDC_AGENT_TOKEN\""],
            new Dictionary<string, string>(ChildProcess.PlainEnvironment()) { ["PRINTED"] = Output }, "/");
        Assert.True(await shell.WaitForExitAsync(TimeSpan.FromSeconds(10)));
        return shell.Output.Trim();
    }
}

/// <summary>The owner of the running system at Tasker's page.</summary>
internal static class OwnersPage
{
    public static Task ApproveAsync(RunningSystem system, string code) => DecideAsync(
        system, code, "approve",
        """{"agent":{"name":"paired","workspace":"nodedc","mode":"full","grants":[{"project":"NDC","bundle":"contributor"}]}}""");

    public static Task DenyAsync(RunningSystem system, string code) => DecideAsync(system, code, "deny", "{}");

    private static async Task DecideAsync(RunningSystem system, string code, string verb, string body)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(
            HttpMethod.Post, new Uri(system.Backends, $"/api/internal/v1/owners/{system.OwnerId}/pairings/{code}/{verb}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", system.InternalToken);
        request.Headers.Add("X-NodeDC-Actor", system.OwnerId);
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await client.SendAsync(request);
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync());
        Assert.True(response.IsSuccessStatusCode, answer?.ToJsonString());
    }
}
