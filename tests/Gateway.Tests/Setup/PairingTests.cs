using System.Globalization;
using AgentGateway.Gateway.Setup.Pairing;
using AgentGateway.Gateway.Tests.Owners;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentGateway.Gateway.Tests.Setup;

/// <summary>A device, an owner and the gateway between them, over the wire.</summary>
public sealed class PairingTests
{
    [Fact]
    public async Task A_device_waits_for_the_owner_and_gets_its_token_once()
    {
        await using var world = await PairingWorld.StartAsync();
        var device = await world.PairAsync(""","host":"anna-mac","client":"codex 0.169","requested":{"projects":["NDC"],"bundle":"maintainer"}""");

        Assert.Equal((400, "authorization_pending"), Read(await world.PollAsync(device)));
        var shown = await world.ShowAsync(device.UserCode);
        var approved = await world.ApproveAsync(device.UserCode);
        var redeemed = await world.PollAsync(device);
        var again = await world.PollAsync(device);

        Assert.Equal(("laptop", "anna-mac", "pending"), (
            (string?)shown.Json["pairing"]!["name"], (string?)shown.Json["pairing"]!["host"], (string?)shown.Json["pairing"]!["status"]));
        Assert.Equal("maintainer", (string?)shown.Json["pairing"]!["requested"]!["bundle"]);
        Assert.StartsWith("Only continue if you started this", (string?)shown.Json["pairing"]!["warning"], StringComparison.Ordinal);
        Assert.Contains((string?)shown.Json["pairing"]!["source_address"], (string[])["127.0.0.1", "::1", "::ffff:127.0.0.1"]);
        Assert.Equal("approved", (string?)approved.Json["pairing"]!["status"]);
        Assert.Equal(200, redeemed.Status);
        Assert.True(redeemed.NoStore);
        Assert.Null(await world.Owners.TryTokenAsync((string)redeemed.Json["token"]!));
        Assert.Equal("OPS", (string?)redeemed.Json["agent"]!["grants"]![0]!["project"]);
        Assert.EndsWith("/mcp", (string?)redeemed.Json["mcp_url"], StringComparison.Ordinal);
        Assert.Equal((400, "expired_token"), Read(again));
        Assert.Equal("redeemed", (string?)(await world.ShowAsync(device.UserCode)).Json["pairing"]!["status"]);
        foreach (var step in (string[])["pairing_started", "pairing_approved", "pairing_redeemed"])
        {
            Assert.Equal(1, await world.EventsAsync(step));
        }
    }

    [Fact]
    public async Task The_owner_chooses_what_the_device_may_do_and_never_more_than_Tasker_allows()
    {
        await using var world = await PairingWorld.StartAsync();
        var device = await world.PairAsync(""","requested":{"bundle":"maintainer","mode":"full","projects":["NDC","OPS"]}""");

        await world.ApproveAsync(device.UserCode,
            """{"agent":{"name":"narrow","workspace":"nodedc","mode":"read_only","grants":[{"project":"OPS","bundle":"maintainer"}]},"token_days":7}""");
        var redeemed = await world.PollAsync(device);

        var scopes = redeemed.Json["agent"]!["grants"]!.AsArray().Single()!["scopes"]!.AsArray().Select(scope => (string)scope!);
        Assert.Equal(["card:create", "card:read", "project:read"], scopes);
        Assert.Equal("read_only", (string?)redeemed.Json["agent"]!["mode"]);
        var expires = DateTimeOffset.Parse((string)redeemed.Json["expires_at"]!, CultureInfo.InvariantCulture);
        Assert.InRange((expires - TimeProvider.System.GetUtcNow()).TotalDays, 6.9, 7.1);
    }

    [Fact]
    public async Task A_device_may_become_an_agent_that_is_there_already()
    {
        await using var world = await PairingWorld.StartAsync();
        var mine = world.Owners.Ledger.Agent.Id;

        var device = await world.ApprovedAsync($$"""{"agent_id":"{{mine}}"}""");
        var redeemed = await world.PollAsync(device);
        var third = await world.PairAsync();

        Assert.Equal(mine, (string?)redeemed.Json["agent"]!["id"]);
        Assert.Equal((409, "too_many_tokens"), Read(await world.ApproveAsync(third.UserCode, $$"""{"agent_id":"{{mine}}"}""")));
        Assert.Equal(
            (404, "not_found"), Read(await world.ApproveAsync(third.UserCode, $$"""{"agent_id":"{{mine}}"}""", owner: "u-boris")));
        Assert.Equal("pending", (string?)(await world.ShowAsync(third.UserCode)).Json["pairing"]!["status"]);
    }

    [Fact]
    public async Task What_the_owner_turned_away_gets_nothing_even_after_it_was_approved()
    {
        await using var world = await PairingWorld.StartAsync();
        var denied = await world.PairAsync();
        var regretted = await world.ApprovedAsync();

        Assert.Equal("denied", (string?)(await world.DenyAsync(denied.UserCode)).Json["pairing"]!["status"]);
        await world.DenyAsync(regretted.UserCode);

        Assert.Equal((400, "access_denied"), Read(await world.PollAsync(denied)));
        Assert.Equal((400, "access_denied"), Read(await world.PollAsync(regretted)));
        Assert.Equal((409, "pairing_decided"), Read(await world.ApproveAsync(denied.UserCode)));
        Assert.Equal("pairing_denied|not me", await world.ValueAsync<string>(
            "SELECT decision || '|' || split_part(cause, ': ', 2) FROM audit_events WHERE decision = 'pairing_denied' LIMIT 1"));
        Assert.Equal(1, await world.ValueAsync<long>("SELECT count(*) FROM tokens"));
    }

    [Fact]
    public async Task Without_its_verifier_a_stolen_device_code_is_worth_nothing_and_costs_nothing()
    {
        await using var world = await PairingWorld.StartAsync();
        var device = await world.ApprovedAsync();

        var thief = await world.PollAsync(device with { Verifier = PairingWorld.Verifier() });

        Assert.Equal((400, "expired_token"), Read(thief));
        Assert.Equal(200, (await world.PollAsync(device)).Status);
    }

    [Fact]
    public async Task Expiry_is_the_databases_and_what_has_expired_is_swept_with_an_event()
    {
        await using var world = await PairingWorld.StartAsync();
        var device = await world.ApprovedAsync();
        var waiting = await world.PairAsync();
        await world.ExpireAsync();

        Assert.Equal((400, "expired_token"), Read(await world.PollAsync(device)));
        Assert.Equal((404, "not_found"), Read(await world.ShowAsync(waiting.UserCode)));
        Assert.Equal((404, "not_found"), Read(await world.ApproveAsync(waiting.UserCode)));
        using var sweep = new PairingSweep(
            world.Owners.Ledger.Database, TimeProvider.System, NullLogger<PairingSweep>.Instance);
        Assert.Equal(2, await sweep.SweepAsync(CancellationToken.None));

        Assert.Equal(2, await world.EventsAsync("pairing_expired"));
        Assert.Equal(0, await world.ValueAsync<long>("SELECT count(*) FROM pairings"));
        Assert.Equal((400, "expired_token"), Read(await world.PollAsync(device)));
    }

    [Fact]
    public async Task A_blocked_owner_neither_approves_nor_gets_what_was_approved_before()
    {
        await using var world = await PairingWorld.StartAsync();
        var approved = await world.ApprovedAsync();
        var waiting = await world.PairAsync();
        await world.Owners.AskAsync(
            "PUT", "/entitlements/nodedc/u-anna/codex_agents", OwnersWorld.Entitlement(1, blocked: true));

        Assert.Equal((403, "agents_disabled"), Read(await world.ApproveAsync(waiting.UserCode)));
        Assert.Equal((400, "access_denied"), Read(await world.PollAsync(approved)));

        await world.Owners.AskAsync("PUT", "/entitlements/nodedc/u-anna/codex_agents", OwnersWorld.Entitlement(2));
        Assert.Equal((400, "access_denied"), Read(await world.PollAsync(approved)));
        Assert.Equal(1, await world.ValueAsync<long>("SELECT count(*) FROM tokens"));
        Assert.Equal(1, await world.EventsAsync("pairing_refused"));
    }

    [Fact]
    public async Task A_repeated_approval_under_one_key_is_one_agent()
    {
        await using var world = await PairingWorld.StartAsync();
        var device = await world.PairAsync();

        var first = await world.ApproveAsync(device.UserCode, key: "approve-000001");
        var second = await world.ApproveAsync(device.UserCode, key: "approve-000001");
        var other = await world.ApproveAsync(device.UserCode, key: "approve-000002");

        Assert.Equal((200, false, 200, true), (first.Status, first.Replayed, second.Status, second.Replayed));
        Assert.Equal(first.Body, second.Body);
        Assert.Equal((409, "pairing_decided"), Read(other));
        Assert.Equal(2, await world.ValueAsync<long>("SELECT count(*) FROM agents"));
    }

    [Fact]
    public async Task No_code_no_verifier_and_no_token_is_in_the_database()
    {
        await using var world = await PairingWorld.StartAsync();
        var device = await world.ApprovedAsync();
        var token = (string)(await world.PollAsync(device)).Json["token"]!;

        var rows = await world.ValueAsync<string>(
            """
            SELECT concat((SELECT string_agg(p::text, ' ') FROM pairings AS p), (SELECT string_agg(t::text, ' ') FROM tokens AS t),
                          (SELECT string_agg(e::text, ' ') FROM audit_events AS e), (SELECT string_agg(l::text, ' ') FROM pairing_limits AS l))
            """);

        var bare = device.UserCode.Replace("-", "", StringComparison.Ordinal);
        foreach (var secret in (string[])[device.DeviceCode, device.UserCode, bare, device.Verifier, token])
        {
            Assert.DoesNotContain(secret, rows, StringComparison.OrdinalIgnoreCase);
        }

        var digests = world.Owners.Services.GetRequiredService<PairingDigests>();
        Assert.Contains(Convert.ToHexString(digests.OfDevice(device.DeviceCode)), rows, StringComparison.OrdinalIgnoreCase);
    }

    private static (int Status, string? Code) Read(Answer answer) => (answer.Status, answer.Code);
}
