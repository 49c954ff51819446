using AgentGateway.Gateway.Authenticate;
using AgentGateway.Gateway.Configure;
using AgentGateway.Gateway.Owners;
using AgentGateway.Gateway.Setup.Pairing;
using AgentGateway.Gateway.Tests.Ledger;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AgentGateway.Gateway.Tests.Setup;

/// <summary>Many fetch, approve or deny at once, on two replicas over one database.</summary>
public sealed class PairingRaceTests
{
    private const int Parallel = 64;
    private const int Rounds = 8;

    /// <summary>The token when this one request has won it.</summary>
    private delegate Task<string?> Redeem(PollBody poll);

    [Fact]
    public async Task Of_sixty_four_that_fetch_at_once_one_gets_the_token()
    {
        await using var world = await PairingWorld.StartAsync();
        await using var first = Patient(world);
        await using var second = Patient(world);
        var here = Replica(world, first);
        var there = Replica(world, second);

        var all = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var (winners, minted) = await RaceAsync(world, poll => RedeemAsync(here, poll), poll => RedeemAsync(there, poll));
            Assert.Equal(minted, winners);
            Assert.InRange(winners, 0, 1);
            all += winners;
        }

        // On a machine that is very busy a round may end with nobody having got the lock in time.
        Assert.InRange(all, Rounds / 2, Rounds);
        Assert.Equal(all, await world.EventsAsync("pairing_redeemed"));
    }

    [Fact]
    public async Task The_same_race_catches_a_redemption_that_looks_first_and_writes_then()
    {
        await using var world = await PairingWorld.StartAsync();
        await using var first = Patient(world);
        await using var second = Patient(world);

        var found = 0;
        var bothFound = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        var (winners, _) = await RaceAsync(
            world, poll => LookThenWriteAsync(world, first, poll, FoundAsync), poll => LookThenWriteAsync(world, second, poll, FoundAsync));

        Assert.True(winners > 1, "The harness did not notice a second winner.");

        // Nobody writes before two have looked, however slow the machine is.
        Task FoundAsync()
        {
            if (Interlocked.Increment(ref found) == 2)
            {
                bothFound.SetResult();
            }

            return bothFound.Task;
        }
    }

    [Fact]
    public async Task Of_many_owners_who_decide_at_once_one_does_and_no_agent_is_left_over()
    {
        await using var world = await PairingWorld.StartAsync();
        var before = await world.ValueAsync<long>("SELECT count(*) FROM agents");
        for (var round = 0; round < 4; round++)
        {
            var device = await world.PairAsync();
            var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(n => Task.Run(() => (n % 4) switch
            {
                0 => world.DenyAsync(device.UserCode, $"u-{n}"),
                _ => world.ApproveAsync(device.UserCode, owner: $"u-{n}"),
            })));

            Assert.Single(answers, answer => answer.Status == 200);
            Assert.All(answers, answer => Assert.Contains(answer.Status, (int[])[200, 404, 409]));
        }

        var approved = await world.ValueAsync<long>("SELECT count(*) FROM pairings WHERE decision = 'approved'");
        Assert.Equal(before + approved, await world.ValueAsync<long>("SELECT count(*) FROM agents"));
        Assert.Equal(4, await world.ValueAsync<long>("SELECT count(*) FROM pairings WHERE decision IS NOT NULL"));
    }

    private static async Task<(int Winners, int Minted)> RaceAsync(PairingWorld world, params Redeem[] replicas)
    {
        var device = await world.ApprovedAsync();
        var before = await world.ValueAsync<long>("SELECT count(*) FROM tokens");
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var racers = Enumerable.Range(0, Parallel).Select(async n =>
        {
            await start.Task;
            return await replicas[n % replicas.Length](device.Poll);
        }).ToArray();
        start.SetResult();
        var tokens = await Task.WhenAll(racers);
        return (tokens.Count(token => token is not null), (int)(await world.ValueAsync<long>("SELECT count(*) FROM tokens") - before));
    }

    // The race is for the row, not for a connection within two seconds.
    private static NpgsqlDataSource Patient(PairingWorld world) => NpgsqlDataSource.Create(
        new NpgsqlConnectionStringBuilder(world.Owners.Ledger.ConnectionString) { MaxPoolSize = 40, Timeout = 60 });

    private static PairingRedemption Replica(PairingWorld world, NpgsqlDataSource database) => new(
        database,
        world.Owners.Services.GetRequiredService<PairingDigests>(),
        world.Owners.Services.GetRequiredService<TokenDigests>(),
        world.Owners.Services.GetRequiredService<Settings>());

    private static async Task<string?> RedeemAsync(PairingRedemption redemption, PollBody poll)
    {
        try
        {
            return (await redemption.PollAsync(poll, LedgerWorld.Origin(), CancellationToken.None)).Token;
        }
        catch (RequestRefusedException refused) when (refused.Reason.Code == "expired_token")
        {
            return null;
        }
        catch (PostgresException late) when (late.SqlState is PostgresErrorCodes.LockNotAvailable)
        {
            return null;
        }
    }

    private static async Task<string?> LookThenWriteAsync(
        PairingWorld world, NpgsqlDataSource database, PollBody poll, Func<Task> found)
    {
        var device = world.Owners.Services.GetRequiredService<PairingDigests>().OfDevice(poll.DeviceCode);
        await using var connection = await database.OpenConnectionAsync();
        var agent = await connection.QuerySingleOrDefaultAsync<string?>(
            "SELECT agent_id FROM pairings WHERE device_digest = @device AND decision = 'approved' AND used_at IS NULL", new { device });
        if (agent is null)
        {
            return null;
        }

        await found();
        var token = AgentToken.Create();
        await connection.ExecuteAsync(
            """
            INSERT INTO tokens (id, agent_id, digest, pepper_version, prefix, label)
            VALUES (gen_random_uuid(), @agent, sha256(@token::bytea), 1, left(@token, 12), 'planted')
            """,
            new { agent, token });
        await connection.ExecuteAsync(
            "UPDATE pairings SET used_at = clock_timestamp() WHERE device_digest = @device", new { device });
        return token;
    }
}
