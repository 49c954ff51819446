using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using AgentGateway.Gateway.Authenticate;
using AgentGateway.Gateway.Commands.Doctor;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;

namespace AgentGateway.Gateway.Tests.Commands.Doctor;

/// <summary>The doctor, run as the real program: silent on a sound system, and loud about each thing that is broken.</summary>
public sealed class DoctorTests
{
    [Fact]
    public async Task A_sound_system_passes_before_and_while_it_serves_and_so_does_its_agents_token()
    {
        await using var world = await DoctorWorld.StartAsync();
        using var file = new TokenFile(world.Ledger.Token.Token);

        var before = await world.DoctorAsync("--json", "--agent-token-file", file.Path);
        await world.ServeAsync();
        var serving = await world.DoctorAsync("--json", "--agent-token-file", file.Path);
        var text = await world.DoctorAsync();

        Assert.Equal(["agent era: warn", "agent tools: warn"], Complaints(before));
        Assert.Empty(Complaints(serving));
        Assert.Equal((0, 0, 0), (before.ExitCode, serving.ExitCode, text.ExitCode));
        Assert.Contains("is free; no gateway serves there yet", Detail(before, "listener"), StringComparison.Ordinal);
        Assert.Contains("A gateway with this manifest answers", Detail(serving, "listener"), StringComparison.Ordinal);
        Assert.Contains("2026-07-28", Detail(serving, "agent era"), StringComparison.Ordinal);
        Assert.Contains("NDC", Detail(serving, "agent grants"), StringComparison.Ordinal);
        Assert.Matches(@"lists the [1-9]\d tools expected", Detail(serving, "agent tools"));
        Assert.All(text.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), line =>
            Assert.StartsWith("ok    ", line, StringComparison.Ordinal));
        Assert.Equal("", serving.Errors + text.Errors);
        world.Settings["NODEDC_AGENT_GATEWAY_KEY_SECRET"] = "short";
        Assert.Equal(1, (await world.DoctorAsync()).ExitCode);
    }

    [Fact]
    public async Task Each_broken_thing_is_named_with_what_to_do()
    {
        await using var world = await DoctorWorld.StartAsync();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var busy = $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}";

        await FailsAsync("settings", [("NODEDC_AGENT_GATEWAY_KEY_SECRET", "short")]);
        await FailsAsync("manifest", [("NODEDC_AGENT_GATEWAY_CONFIG_DIR", Path.GetTempPath())]);
        await FailsAsync("database", [("NODEDC_AGENT_GATEWAY_DATABASE", "Host=127.0.0.1;Port=1;Database=x;Username=x;Password=x")]);
        await FailsAsync("role", [("NODEDC_AGENT_GATEWAY_DATABASE", world.Ledger.ConnectionString)]);
        await FailsAsync("tasker", [("NODEDC_TASKER_BASE_URL", "http://127.0.0.1:1")]);
        await FailsAsync("tasker token", [("NODEDC_TASKER_INTERNAL_TOKEN", DoctorWorld.Secret())]);
        await FailsAsync(
            "launcher", [("NODEDC_LAUNCHER_BASE_URL", "http://127.0.0.1:1"), ("NODEDC_LAUNCHER_API_TOKEN", DoctorWorld.Secret())]);
        await FailsAsync("allowed hosts", [("NODEDC_AGENT_GATEWAY_PUBLIC_URL", "https://gateway.example.org")]);
        await FailsAsync("public url", [("NODEDC_AGENT_GATEWAY_PUBLIC_URL", "http://127.0.0.1:5080/mcp")]);
        await FailsAsync("listener", [("NODEDC_AGENT_GATEWAY_URLS", busy)]);
        await FailsAsync("listener", [("NODEDC_AGENT_GATEWAY_URLS", "https://127.0.0.1:5443")]);
        await FailsAsync("listener", [("NODEDC_AGENT_GATEWAY_URLS", world.Tasker.Url!)]);
        await WarnsAsync("pepper", [("NODEDC_AGENT_GATEWAY_TOKEN_PEPPER", "")]);
        await WarnsAsync("sealing", [("NODEDC_AGENT_GATEWAY_CHECKPOINT_KEY", "")]);
        await WarnsAsync("plain http", [("NODEDC_AGENT_GATEWAY_URLS", "http://+:0")]);
        await WarnsAsync("origins", [("NODEDC_AGENT_GATEWAY_ALLOWED_ORIGINS", "http://tasker.example.org")]);
        await WarnsAsync(
            "public url",
            [("NODEDC_AGENT_GATEWAY_PUBLIC_URL", "http://gateway.example.org"), ("NODEDC_AGENT_GATEWAY_ALLOWED_HOSTS", "gateway.example.org")]);

        async Task FailsAsync(string check, (string Name, string Value)[] changes) => await FoundAsync(world, check, Verdict.Fail, changes);

        async Task WarnsAsync(string check, (string Name, string Value)[] changes) => await FoundAsync(world, check, Verdict.Warn, changes);
    }

    [Fact]
    public async Task What_the_database_and_tasker_do_wrong_is_found()
    {
        await using var world = await DoctorWorld.StartAsync();
        world.OpenRawApi();
        await FoundAsync(world, "raw api", Verdict.Fail, []);

        await world.Ledger.ExecuteAsync("GRANT UPDATE (cause) ON audit_events TO serving");
        await FoundAsync(world, "role", Verdict.Fail, []);
        await world.Ledger.ExecuteAsync("REVOKE UPDATE (cause) ON audit_events FROM serving; REVOKE INSERT ON audit_events FROM serving");
        await FoundAsync(world, "role", Verdict.Fail, []);
        await world.Ledger.ExecuteAsync("GRANT INSERT ON audit_events TO serving");

        await world.Ledger.ExecuteAsync("UPDATE tokens SET expires_at = clock_timestamp() + interval '3 days'");
        await FoundAsync(world, "expiries", Verdict.Warn, []);
        await world.Ledger.ExecuteAsync("UPDATE schema_migrations SET scriptname = '0001' || substr(scriptname, 5)");
        await FoundAsync(world, "database", Verdict.Fail, []);
        world.Tasker.Given(Request.Create().WithPath("/api/internal/nodedc/agent/v1/me")).AtPriority(-1)
            .RespondWith(Response.Create().WithStatusCode(400));
        await FoundAsync(world, "tasker token", Verdict.Fail, []);
    }

    [Fact]
    public async Task A_database_that_may_lose_what_it_has_committed_is_found()
    {
        await using var world = await DoctorWorld.StartAsync();
        await world.Ledger.ExecuteAsync("ALTER SYSTEM SET full_page_writes = off");
        await world.Ledger.ExecuteAsync("SELECT pg_reload_conf()");

        await using var shared = await Ledger.LedgerWorld.CreateAsync();
        await FoundAsync(world, "durability", Verdict.Fail, [("NODEDC_AGENT_GATEWAY_DATABASE", shared.ConnectionString)]);
    }

    [Fact]
    public async Task A_token_that_does_not_open_is_told_from_the_others()
    {
        await using var world = await DoctorWorld.StartAsync();
        using var nonsense = new TokenFile("no-token-at-all");
        using var foreign = new TokenFile(AgentToken.Create());
        using var own = new TokenFile(world.Ledger.Token.Token);
        await world.Ledger.ExecuteAsync("UPDATE tokens SET revoked_at = clock_timestamp()");

        await FoundAsync(world, "agent token", Verdict.Fail, [], nonsense.Path);
        await FoundAsync(world, "agent token", Verdict.Fail, [], nonsense.Path + ".gone");
        var unknown = await FoundAsync(world, "agent token", Verdict.Fail, [], foreign.Path);
        var revoked = await FoundAsync(world, "agent token", Verdict.Fail, [], own.Path);
        own.Allow(UnixFileMode.UserRead | UnixFileMode.OtherRead);
        await FoundAsync(world, "agent token", Verdict.Warn, [], own.Path);

        Assert.Contains("does not know the token", unknown, StringComparison.Ordinal);
        Assert.Contains("Cause: revoked", revoked, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_of_the_doctor_cannot_steer_the_terminal() =>
        Assert.DoesNotContain(DoctorReport.Line(Finding.Fail("x", "a\e[31m\r\nok    y", "b\a")), character => char.IsControl(character));

    private static async Task<string> FoundAsync(
        DoctorWorld world, string check, Verdict verdict, (string Name, string Value)[] changes, string? tokenFile = null)
    {
        var settings = new Dictionary<string, string>(world.Settings, StringComparer.Ordinal);
        foreach (var (name, value) in changes)
        {
            settings[name] = value;
        }

        var findings = await Examination.RunAsync(settings, tokenFile, CancellationToken.None).ToListAsync();
        var found = findings.Where(finding => finding.Check == check && finding.Verdict == verdict).ToList();
        Assert.True(found.Count > 0, $"{check} is not {verdict}: {string.Join('\n', findings.Select(DoctorReport.Line))}");
        Assert.All(findings, finding => Assert.Equal(finding.Verdict == Verdict.Ok, string.IsNullOrEmpty(finding.Remedy)));
        return string.Join(' ', found.Select(finding => finding.Detail));
    }

    private static JsonArray Checks(GatewayProgram doctor) => JsonNode.Parse(doctor.Output)!["checks"]!.AsArray();

    private static IEnumerable<string> Complaints(GatewayProgram doctor) => Checks(doctor)
        .Select(line => $"{line!["check"]}: {line["verdict"]}").Where(line => !line.EndsWith(": ok", StringComparison.Ordinal));

    private static string Detail(GatewayProgram doctor, string check) =>
        (string)Checks(doctor).First(line => (string)line!["check"]! == check)!["detail"]!;
}

/// <summary>A token in a file that its owner alone may read.</summary>
internal sealed class TokenFile : IDisposable
{
    public TokenFile(string token)
    {
        File.WriteAllText(Path, token + "\n");
        Allow(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public string Path { get; } = global::System.IO.Path.Combine(global::System.IO.Path.GetTempPath(), $"token-{Guid.CreateVersion7():N}");

    public void Allow(UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Path, mode);
        }
    }

    public void Dispose() => File.Delete(Path);
}
