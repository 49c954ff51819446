using System.Globalization;
using AgentGateway.Gateway.Setup.Pairing;
using AgentGateway.Gateway.Tests.Owners;

namespace AgentGateway.Gateway.Tests.Setup;

/// <summary>How often a code may be tried, a pairing started and an answer asked for.</summary>
public sealed class PairingLimitTests
{
    private const string Wrong = "BCDF-GHJK";

    [Fact]
    public async Task The_fifth_wrong_code_locks_the_owner_out_for_ten_minutes_and_nobody_else()
    {
        await using var world = await PairingWorld.StartAsync();
        var device = await world.PairAsync();
        for (var guess = 0; guess < 5; guess++)
        {
            Assert.Equal("not_found", (await world.ShowAsync(Wrong)).Code);
        }

        var locked = await world.ShowAsync(device.UserCode);
        var approve = await world.ApproveAsync(device.UserCode);

        Assert.Equal((429, "pairing_locked", "pairing_locked"), (locked.Status, locked.Code, approve.Code));
        Assert.InRange((int)locked.Json["retry_after_seconds"]!, 590, 600);
        Assert.Equal(200, (await world.ShowAsync(device.UserCode, "u-boris")).Status);
        Assert.Equal(1, await world.EventsAsync("pairing_locked"));
        Assert.Equal(4, await world.EventsAsync("pairing_code_wrong"));

        await PassAsync(world);
        Assert.Equal(200, (await world.ShowAsync(device.UserCode)).Status);
    }

    [Fact]
    public async Task Parallel_guesses_get_no_more_tries_than_one_after_another()
    {
        await using var world = await PairingWorld.StartAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(() => world.ShowAsync(Wrong))));

        Assert.Equal(5, answers.Count(answer => answer.Code == "not_found"));
        Assert.Equal(27, answers.Count(answer => answer.Code == "pairing_locked"));
    }

    [Fact]
    public async Task Guesses_of_many_owners_together_lock_everybody()
    {
        await using var world = await PairingWorld.StartAsync();
        var device = await world.PairAsync();
        for (var owner = 0; owner < 25; owner++)
        {
            for (var guess = 0; guess < 4; guess++)
            {
                Assert.Equal("not_found", (await world.ShowAsync(Wrong, $"u-{owner}")).Code);
            }
        }

        Assert.Equal("pairing_locked", (await world.ShowAsync(device.UserCode)).Code);
        Assert.Equal((400, "authorization_pending"), Read(await world.PollAsync(device)));
    }

    [Fact]
    public async Task The_window_slides_so_that_four_and_four_wrong_codes_within_it_are_not_allowed()
    {
        await using var world = await PairingWorld.StartAsync();
        for (var guess = 0; guess < 4; guess++)
        {
            await world.ShowAsync(Wrong);
        }

        await AgeAsync(world, "9 minutes");
        Assert.Equal("not_found", (await world.ShowAsync(Wrong)).Code);
        Assert.Equal("pairing_locked", (await world.ShowAsync(Wrong)).Code);

        await PassAsync(world);
        for (var guess = 0; guess < 4; guess++)
        {
            await world.ShowAsync(Wrong);
        }

        await AgeAsync(world, "11 minutes");
        Assert.Equal("not_found", (await world.ShowAsync(Wrong)).Code);
        Assert.Equal("not_found", (await world.ShowAsync(Wrong)).Code);
    }

    [Fact]
    public async Task A_source_starts_twenty_pairings_and_then_waits()
    {
        await using var world = await PairingWorld.StartAsync();
        for (var start = 0; start < 20; start++)
        {
            await world.PairAsync();
        }

        var refused = await StartAsync(world);

        Assert.Equal((429, "pairing_locked"), Read(refused));
        Assert.Equal(20, await world.ValueAsync<long>("SELECT count(*) FROM pairings"));
        await PassAsync(world);
        Assert.Equal(200, (await StartAsync(world)).Status);
    }

    [Fact]
    public async Task No_more_than_a_thousand_pairings_are_open_at_once()
    {
        await using var world = await PairingWorld.StartAsync();
        await world.CrowdAsync(999);

        Assert.Equal(200, (await StartAsync(world)).Status);
        Assert.Equal((429, "too_many_pairings"), Read(await StartAsync(world)));
        await world.ExpireAsync();
        Assert.Equal(200, (await StartAsync(world)).Status);
    }

    [Fact]
    public async Task An_owner_has_no_more_than_fifty_approved_and_unused()
    {
        await using var world = await PairingWorld.StartAsync();
        await world.CrowdAsync(49, "u-anna");
        await world.ApprovedAsync();
        var device = await world.PairAsync();

        Assert.Equal((429, "too_many_pairings"), Read(await world.ApproveAsync(device.UserCode)));
        Assert.Equal(2, await world.ValueAsync<long>("SELECT count(*) FROM agents"));
        Assert.Equal(200, (await world.ApproveAsync(device.UserCode, owner: "u-boris")).Status);
    }

    [Fact]
    public async Task A_device_that_asks_too_often_is_slowed_down_and_stays_slow()
    {
        await using var world = await PairingWorld.StartAsync();
        var device = await world.PairAsync();

        Assert.Equal("authorization_pending", (await world.PollAsync(device)).Code);
        var hasty = await world.PollAsync(device);
        Assert.Equal(("slow_down", 10), (hasty.Code, (int)hasty.Json["retry_after_seconds"]!));
        await world.Owners.Ledger.ExecuteAsync("UPDATE pairings SET polled_at = polled_at - interval '6 seconds'");
        Assert.Equal(("slow_down", 15), await PollAsync(world, device));
        await world.Owners.Ledger.ExecuteAsync("UPDATE pairings SET polled_at = polled_at - interval '15 seconds'");
        Assert.Equal(("authorization_pending", 15), await PollAsync(world, device));
        await world.ApproveAsync(device.UserCode);
        Assert.Equal(200, (await world.PollAsync(device)).Status);
    }

    [Theory]
    [InlineData("10.1.2.3", "10.1.2.3")]
    [InlineData("::ffff:10.1.2.3", "10.1.2.3")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64")]
    [InlineData(null, "unknown")]
    public void A_source_is_an_address_or_a_network_of_addresses_that_cost_nothing(string? address, string source) =>
        Assert.Equal(source, PairingStarts.Source(address));

    private static async Task<(string?, int)> PollAsync(PairingWorld world, Device device)
    {
        var answer = await world.PollAsync(device);
        return (answer.Code, (int)answer.Json["retry_after_seconds"]!);
    }

    private static Task<Answer> StartAsync(PairingWorld world) => world.AskAsync(
        "/api/v1/pairing", $$"""{"name":"one more","challenge":"{{PairingWorld.ChallengeOf(PairingWorld.Verifier())}}"}""");

    private static Task PassAsync(PairingWorld world) => world.Owners.Ledger.ExecuteAsync(
        "UPDATE pairing_limits SET locked_until = clock_timestamp() WHERE locked_until IS NOT NULL");

    private static Task AgeAsync(PairingWorld world, string by) => world.Owners.Ledger.ExecuteAsync(string.Create(
        CultureInfo.InvariantCulture,
        $"UPDATE pairing_limits SET hits = array(SELECT hit - interval '{by}' FROM unnest(hits) AS hit)"));

    private static (int Status, string? Code) Read(Answer answer) => (answer.Status, answer.Code);
}
