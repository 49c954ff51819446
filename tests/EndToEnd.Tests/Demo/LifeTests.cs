using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace AgentGateway.EndToEnd.Tests.Demo;

/// <summary>How a demo ends and begins again.</summary>
public sealed class LifeTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly RunningDemo _demo = new();

    private DemoScript Script => _demo.Script;

    public Task InitializeAsync() => _demo.InitializeAsync();

    public Task DisposeAsync() => _demo.DisposeAsync();

    [Fact]
    public async Task Stopped_it_leaves_no_process_and_started_again_it_keeps_agent_and_cards()
    {
        var first = Script.Read();
        var made = await _demo.CreateCardAsync("NDC", "Kept over a restart");

        (await Script.RunAsync("--stop")).Succeeded();
        Assert.Equal(1, (await Script.RunAsync("--status")).ExitCode);
        Assert.False(File.Exists(Script.DemoJson));
        await AssertNothingRunsAsync(first);

        (await Script.RunAsync("--detach")).Succeeded();
        var again = await _demo.CallAsync("search_cards", new JsonObject { ["query"] = "Kept over a restart" });
        Assert.Equal(first["agent"]!.ToJsonString(), Script.Read()["agent"]!.ToJsonString());
        Assert.Equal(first["second"]!.ToJsonString(), Script.Read()["second"]!.ToJsonString());
        Assert.Equal((string?)first["mcp"], (string?)Script.Read()["mcp"]);
        Assert.False((bool?)made["isError"] ?? false, made.ToJsonString());
        Assert.Contains("Kept over a restart", again.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_the_foreground_it_names_the_part_that_died_and_stops_the_rest()
    {
        (await Script.RunAsync("--stop")).Succeeded();
        await using var foreground = Script.Start();
        await UntilAsync(() => foreground.Error.Contains("Ctrl-C stops it", StringComparison.Ordinal), () => foreground.Error);
        var running = Script.Read();

        using (var kill = Process.Start("kill", ["-s", "KILL", Pid(running, "tasker")]))
        {
            await kill.WaitForExitAsync();
        }

        Assert.True(await foreground.WaitForExitAsync(Patience));
        Assert.Equal(1, foreground.ExitCode);
        Assert.Contains("tasker has ended", foreground.Error, StringComparison.Ordinal);
        await AssertNothingRunsAsync(running);
    }

    private static async Task AssertNothingRunsAsync(JsonNode demo)
    {
        foreach (var part in (string[])["gateway", "launcher", "tasker", "console", "postgres"])
        {
            // One that has ended but was not collected by its parent yet is a Z.
            var ask = new ProcessStartInfo("ps", ["-o", "stat=", "-p", Pid(demo, part)]) { RedirectStandardOutput = true };
            using var list = Process.Start(ask)!;
            var state = (await list.StandardOutput.ReadToEndAsync()).Trim();
            Assert.True(state.Length == 0 || state.StartsWith('Z'), $"{part} still runs.");
        }

        foreach (var url in (string[])["gateway", "internal", "launcher", "tasker", "console"])
        {
            using var client = new TcpClient();
            var where = new Uri((string)demo[url]!);
            await Assert.ThrowsAsync<SocketException>(() => client.ConnectAsync(where.Host, where.Port));
        }
    }

    private static string Pid(JsonNode demo, string part) => ((int)demo["pids"]![part]!).ToString(CultureInfo.InvariantCulture);

    private static async Task UntilAsync(Func<bool> holds, Func<string> explain)
    {
        for (var clock = Stopwatch.StartNew(); !holds(); await Task.Delay(TimeSpan.FromMilliseconds(50)))
        {
            Assert.True(clock.Elapsed < Patience, explain());
        }
    }
}
