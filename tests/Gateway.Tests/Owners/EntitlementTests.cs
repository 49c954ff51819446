namespace AgentGateway.Gateway.Tests.Owners;

public sealed class EntitlementTests
{
    private const string Anna = "/entitlements/nodedc/u-anna/codex_agents";

    [Fact]
    public async Task A_disabled_or_blocked_owner_is_refused_at_once_and_comes_back_with_the_same_tokens()
    {
        await using var world = await OwnersWorld.StartAsync();
        var token = world.Ledger.Token.Token;
        Assert.Null(await world.TryTokenAsync(token));

        await world.AskAsync("PUT", Anna, OwnersWorld.Entitlement(1, enabled: false));
        Assert.Equal("agents_disabled", await world.TryTokenAsync(token));
        await world.AskAsync("PUT", Anna, OwnersWorld.Entitlement(2));
        Assert.Null(await world.TryTokenAsync(token));
        await world.AskAsync("PUT", Anna, OwnersWorld.Entitlement(3, blocked: true));
        Assert.Equal("agents_disabled", await world.TryTokenAsync(token));
        await world.AskAsync("PUT", Anna, OwnersWorld.Entitlement(4));

        Assert.Null(await world.TryTokenAsync(token));
        Assert.Equal("root", await world.Ledger.ValueAsync<string>(
            "SELECT actor FROM audit_events WHERE decision = 'entitlement_blocked' AND owner_id = 'u-anna'"));
        Assert.Equal(4, await world.Ledger.ValueAsync<long>("SELECT count(*) FROM audit_events WHERE decision LIKE 'entitlement%'"));
    }

    [Fact]
    public async Task Of_an_owner_in_two_clients_one_enabled_is_enough_and_one_block_is_too_much()
    {
        const string Other = "/entitlements/second/u-anna/codex_agents";
        await using var world = await OwnersWorld.StartAsync();
        var token = world.Ledger.Token.Token;
        await world.AskAsync("PUT", Anna, OwnersWorld.Entitlement(1));
        await world.AskAsync("PUT", Other, OwnersWorld.Entitlement(1, enabled: false));
        Assert.Null(await world.TryTokenAsync(token));

        await world.AskAsync("PUT", Other, OwnersWorld.Entitlement(2, enabled: false, blocked: true));
        Assert.Equal("agents_disabled", await world.TryTokenAsync(token));
        await world.AskAsync("PUT", Other, OwnersWorld.Entitlement(3, enabled: false));
        await world.AskAsync("PUT", Anna, OwnersWorld.Entitlement(2, enabled: false));

        Assert.Equal("agents_disabled", await world.TryTokenAsync(token));
    }

    [Fact]
    public async Task An_older_version_that_comes_late_changes_nothing()
    {
        await using var world = await OwnersWorld.StartAsync();
        var newer = await world.AskAsync("PUT", Anna, OwnersWorld.Entitlement(7, blocked: true));

        var older = await world.AskAsync("PUT", Anna, OwnersWorld.Entitlement(6));
        var equal = await world.AskAsync("PUT", Anna, OwnersWorld.Entitlement(7));

        Assert.Equal((200, true), (newer.Status, (bool)newer.Json["applied"]!));
        Assert.Equal((200, false, 7), (older.Status, (bool)older.Json["applied"]!, (long)older.Json["entitlement"]!["version"]!));
        Assert.False((bool)equal.Json["applied"]!);
        Assert.Equal("agents_disabled", await world.TryTokenAsync(world.Ledger.Token.Token));
        Assert.True((bool)(await world.AskAsync("GET", Anna)).Json["entitlement"]!["blocked"]!);
    }

    [Fact]
    public async Task Of_versions_that_come_at_once_in_any_order_the_highest_holds_whatever_their_clocks_say()
    {
        await using var world = await OwnersWorld.StartAsync();
        var words = Enumerable.Range(1, 16).Select(version => OwnersWorld.Entitlement(version, blocked: version < 16)
            .Replace("2026-01-01", $"{2040 - version}-01-01", StringComparison.Ordinal)).ToArray();

        // Seven steps at a time around seventeen: each once, in no order.
        var answers = await Task.WhenAll(words.Select((_, index) =>
            world.AskAsync("PUT", Anna, words[((index + 1) * 7 % 17) - 1])));

        Assert.All(answers, answer => Assert.Equal(200, answer.Status));
        var held = (await world.AskAsync("GET", Anna)).Json["entitlement"]!;
        Assert.Equal((16, false), ((long)held["version"]!, (bool)held["blocked"]!));
        Assert.Null(await world.TryTokenAsync(world.Ledger.Token.Token));
        Assert.Equal(
            answers.Count(answer => (bool)answer.Json["applied"]!),
            await world.Ledger.ValueAsync<long>("SELECT count(*) FROM audit_events WHERE decision LIKE 'entitlement%'"));
    }

    [Fact]
    public async Task A_reason_as_long_as_the_launcher_allows_blocks_all_the_same()
    {
        await using var world = await OwnersWorld.StartAsync();

        var told = await world.AskAsync("PUT", Anna, OwnersWorld.Entitlement(1, blocked: true)
            .Replace("\"test\"", $"\"{new string('x', 500)}\"", StringComparison.Ordinal));

        Assert.Equal(200, told.Status);
        Assert.Equal("agents_disabled", await world.TryTokenAsync(world.Ledger.Token.Token));
    }

    [Fact]
    public async Task An_owner_of_whom_nothing_is_known_works_only_when_that_is_not_required()
    {
        await using var strict = await OwnersWorld.StartAsync(requireEntitlement: true);

        Assert.Equal("agents_disabled", await strict.TryTokenAsync(strict.Ledger.Token.Token));
        await strict.AskAsync("PUT", Anna, OwnersWorld.Entitlement(1));
        Assert.Null(await strict.TryTokenAsync(strict.Ledger.Token.Token));
        Assert.Equal("not_found", (await strict.AskAsync("GET", "/entitlements/nodedc/u-boris/codex_agents")).Code);
    }

    [Fact]
    public async Task A_batch_applies_what_is_newer_and_nothing_when_one_of_it_is_wrong()
    {
        await using var world = await OwnersWorld.StartAsync();
        await world.AskAsync("PUT", Anna, OwnersWorld.Entitlement(5));
        var anna = OwnersWorld.Entitlement(4, blocked: true).Replace("{", """{"client_id":"nodedc","user_id":"u-anna",""", StringComparison.Ordinal);
        var boris = OwnersWorld.Entitlement(1).Replace("{", """{"client_id":"nodedc","user_id":"u-boris",""", StringComparison.Ordinal);

        var wrong = await world.AskAsync("POST", "/entitlements:batch", $$"""{"entitlements":[{{boris}},{{OwnersWorld.Entitlement(1)}}]}""");
        var right = await world.AskAsync("POST", "/entitlements:batch", $$"""{"entitlements":[{{anna}},{{boris}}]}""");

        Assert.Equal(("invalid_request", 1), (wrong.Code, (int)right.Json["applied"]!));
        Assert.Equal([false, true], right.Json["results"]!.AsArray().Select(result => (bool)result!["applied"]!));
        Assert.Null(await world.TryTokenAsync(world.Ledger.Token.Token));
    }
}
