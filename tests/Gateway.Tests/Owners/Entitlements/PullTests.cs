using AgentGateway.Gateway.Owners;
using AgentGateway.Policy;
using AgentGateway.Support;

namespace AgentGateway.Gateway.Tests.Owners.Entitlements;

/// <summary>The gateway asks the reference Launcher for what no push has told it.</summary>
public sealed class PullTests
{
    [Fact]
    public async Task An_owner_nobody_has_told_of_is_asked_for_at_the_first_call()
    {
        await using var launcher = await LauncherWorld.StartAsync();
        await using var world = await StartAsync(launcher, refresh: "1h", staleness: "24h");

        Assert.Null(await world.TryTokenAsync(await TokenAsync(world, LauncherWorld.Anna)));
        Assert.Null(await world.TryTokenAsync(await TokenAsync(world, launcher.Boris)));
        Assert.Equal("agents_disabled", await world.TryTokenAsync(await TokenAsync(world, launcher.Vera)));
        Assert.Equal("agents_disabled", await world.TryTokenAsync(await TokenAsync(world, Guid.CreateVersion7().ToString())));
        Assert.Equal("agents_disabled", await world.TryTokenAsync(world.Ledger.Token.Token));
        Assert.Equal(1, await world.Ledger.ValueAsync<long>(
            $"SELECT count(*) FROM audit_events WHERE decision = 'entitlement_enabled' AND owner_id = '{LauncherWorld.Anna}'"));
    }

    [Fact]
    public async Task A_new_agent_of_the_owners_api_is_asked_for_before_it_calls()
    {
        await using var launcher = await LauncherWorld.StartAsync();
        await using var world = await StartAsync(launcher, refresh: "1h", staleness: "24h");

        var made = await world.AskAsync(
            "POST", $"/owners/{LauncherWorld.Anna}/agents", """{"name":"desk","workspace":"nodedc"}""", actor: LauncherWorld.Anna);

        Assert.Equal(201, made.Status);
        await Eventually.TrueAsync(async () => await world.Ledger.ValueAsync<long>(
            $"SELECT count(*) FROM entitlements WHERE user_id = '{LauncherWorld.Anna}' AND enabled") == 1);
    }

    [Fact]
    public async Task A_push_that_never_came_heals_within_the_schedule_and_is_applied_like_one()
    {
        await using var launcher = await LauncherWorld.StartAsync();
        await using var world = await StartAsync(launcher, refresh: "1s", staleness: "1h");
        var token = await TokenAsync(world, launcher.Boris);
        Assert.Null(await world.TryTokenAsync(token));

        await launcher.BlockAsync(launcher.Boris, blocked: true);
        await Eventually.TrueAsync(async () => await world.TryTokenAsync(token) == "agents_disabled");
        await launcher.BlockAsync(launcher.Boris, blocked: false);
        await Eventually.TrueAsync(async () => await world.TryTokenAsync(token) is null);

        Assert.Equal("launcher (asked)", await world.Ledger.ValueAsync<string>(
            $"SELECT actor FROM audit_events WHERE decision = 'entitlement_blocked' AND owner_id = '{launcher.Boris}'"));
        Assert.Equal(3, await world.Ledger.ValueAsync<long>($"SELECT version FROM entitlements WHERE user_id = '{launcher.Boris}'"));
        Assert.Equal(3, await world.Ledger.ValueAsync<long>(
            $"SELECT count(*) FROM audit_events WHERE decision LIKE 'entitlement%' AND owner_id = '{launcher.Boris}'"));
    }

    [Fact]
    public async Task A_push_newer_than_the_answer_stays()
    {
        await using var launcher = await LauncherWorld.StartAsync();
        await using var world = await StartAsync(launcher, refresh: "1s", staleness: "1h");
        var token = await TokenAsync(world, LauncherWorld.Anna);
        Assert.Null(await world.TryTokenAsync(token));

        await world.AskAsync(
            "PUT", $"/entitlements/nodedc/{LauncherWorld.Anna}/codex_agents", OwnersWorld.Entitlement(9, blocked: true));
        var answered = await AnsweredAsync(world);
        await Eventually.TrueAsync(async () => await AnsweredAsync(world) > answered);

        Assert.Equal("agents_disabled", await world.TryTokenAsync(token));
        Assert.Equal(9, await world.Ledger.ValueAsync<long>($"SELECT version FROM entitlements WHERE user_id = '{LauncherWorld.Anna}'"));
    }

    [Fact]
    public async Task Without_the_launcher_its_word_runs_out_with_a_sentence_of_its_own_and_comes_back_with_it()
    {
        await using var launcher = await LauncherWorld.StartAsync();
        await using var world = await StartAsync(launcher, refresh: "1s", staleness: "3s");
        var token = await TokenAsync(world, LauncherWorld.Anna);
        Assert.Null(await world.TryTokenAsync(token));

        await launcher.StopAsync();
        Assert.Null(await world.TryTokenAsync(token));
        await Eventually.TrueAsync(async () => await world.TryTokenAsync(token) == "entitlement_stale");
        await launcher.StartAgainAsync();

        await Eventually.TrueAsync(async () => await world.TryTokenAsync(token) is null);
        Assert.Equal(1, await world.Ledger.ValueAsync<long>(
            $"SELECT count(*) FROM audit_events WHERE decision LIKE 'entitlement%' AND owner_id = '{LauncherWorld.Anna}'"));
    }

    private static Task<DateTime> AnsweredAsync(OwnersWorld world) =>
        world.Ledger.ValueAsync<DateTime>("SELECT coalesce(max(answered_at), '-infinity') FROM entitlement_checks");

    private static Task<OwnersWorld> StartAsync(LauncherWorld launcher, string refresh, string staleness) =>
        OwnersWorld.StartAsync(more: Launcher(launcher.Address, refresh, staleness));

    internal static Dictionary<string, string> Launcher(Uri address, string refresh, string staleness) => new()
    {
        ["NODEDC_LAUNCHER_BASE_URL"] = address.AbsoluteUri,
        ["NODEDC_LAUNCHER_API_TOKEN"] = LauncherWorld.Token,
        ["NODEDC_AGENT_GATEWAY_ENTITLEMENT_REFRESH"] = refresh,
        ["NODEDC_AGENT_GATEWAY_ENTITLEMENT_MAX_STALENESS"] = staleness,
    };

    /// <summary>The token of a new agent, made beside the owners' API, so that nobody is asked about its owner yet.</summary>
    internal static async Task<string> TokenAsync(OwnersWorld world, string owner)
    {
        var agent = await world.Ledger.Book.CreateAsync(
            new NewAgent { Name = "laptop", OwnerId = owner, OwnerName = "x", Workspace = "nodedc", Mode = AgentMode.Full, Grants = [] },
            "test", CancellationToken.None);
        return (await world.Ledger.Book.IssueTokenAsync(agent.Id, "laptop", null, "test", CancellationToken.None))!.Token;
    }
}
