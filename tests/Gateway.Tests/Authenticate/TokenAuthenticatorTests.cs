using System.Diagnostics;
using AgentGateway.Gateway.Authenticate;
using AgentGateway.Gateway.Tests.Ledger;
using AgentGateway.Policy;
using AgentGateway.Support;
using Npgsql;

namespace AgentGateway.Gateway.Tests.Authenticate;

public sealed class TokenAuthenticatorTests
{
    [Fact]
    public async Task A_good_token_is_its_agent_with_its_grants()
    {
        await using var world = await LedgerWorld.CreateAsync();

        var authority = await world.AuthorityAsync();

        Assert.Equal(world.Agent, authority.Agent);
        Assert.Equal((world.Token.Id, world.Token.Prefix), (authority.TokenId, authority.TokenPrefix));
        var grant = Assert.Single(authority.Grants);
        Assert.Equal((LedgerWorld.Project, "NDC", "OLD"), (grant.ProjectId, grant.Key, Assert.Single(grant.FormerKeys)));
        Assert.True(grant.Scopes.SetEquals(Bundles.ByName["contributor"]));
        Assert.Same(authority, await world.AuthorityAsync());
    }

    [Theory]
    [InlineData(null, "missing")]
    [InlineData("", "missing")]
    [InlineData("Basic abc", "scheme")]
    [InlineData("Bearer ", "shape")]
    [InlineData("Bearer  ndca1_x", "shape")]
    public async Task What_is_no_token_is_refused(string? header, string cause)
    {
        await using var world = await LedgerWorld.CreateAsync();

        Assert.Equal((Reasons.Unauthenticated, cause), await RefusedAsync(world, header));
    }

    [Fact]
    public async Task A_token_nobody_issued_is_unknown_and_a_mutated_one_never_reaches_the_database()
    {
        await using var cluster = await PostgresCluster.StartNewAsync(fsync: false);
        await using var world = await LedgerWorld.CreateOnAsync(cluster);
        Assert.Equal((Reasons.Unauthenticated, "unknown"), await RefusedAsync(world, "Bearer " + AgentToken.Create()));

        // With the database gone, an answer other than ledger_unavailable is proof that it was not asked.
        await cluster.StopAsync(immediate: true);
        for (var position = AgentToken.Scheme.Length; position < AgentToken.Length; position++)
        {
            var token = world.Token.Token.ToCharArray();
            token[position] = token[position] == 'x' ? 'y' : 'x';
            Assert.Equal((Reasons.Unauthenticated, "checksum"), await RefusedAsync(world, "Bearer " + new string(token)));
        }

        Assert.Equal((Reasons.LedgerUnavailable, "database"), await RefusedAsync(world, "Bearer " + AgentToken.Create()));
    }

    [Theory]
    [InlineData("UPDATE tokens SET revoked_at = clock_timestamp()", "unauthenticated", "revoked")]
    [InlineData("UPDATE tokens SET expires_at = clock_timestamp()", "unauthenticated", "expired")]
    [InlineData("UPDATE agents SET status = 'revoked'", "unauthenticated", "agent revoked")]
    [InlineData("UPDATE agents SET status = 'suspended'", "agent_suspended", "suspended")]
    [InlineData("UPDATE tokens SET pepper_version = 0", "unauthenticated", "unknown")]
    public async Task A_token_that_no_longer_holds_is_refused_for_its_cause(string change, string reason, string cause)
    {
        await using var world = await LedgerWorld.CreateAsync();

        await world.ExecuteAsync(change);

        Assert.Equal((Reasons.ByCode[reason], cause), await RefusedAsync(world, world.Bearer));
    }

    [Fact]
    public async Task Refresh_keeps_the_instance_until_the_version_changes_and_then_has_the_new_grants()
    {
        await using var world = await LedgerWorld.CreateAsync();
        var authority = await world.AuthorityAsync();

        Assert.Same(authority, await RefreshAsync(world, authority));
        await world.ExecuteAsync(
            "UPDATE grants SET scopes = '{card:read,made:up}'; UPDATE agents SET authority_version = authority_version + 1");
        var fresh = await RefreshAsync(world, authority);

        Assert.Equal(authority.Version + 1, fresh.Version);
        Assert.Equal("card:read", Assert.Single(Assert.Single(fresh.Grants).Scopes));
        Assert.Same(fresh, await world.AuthorityAsync());
    }

    [Fact]
    public async Task Refresh_refuses_a_revoked_token_and_forgets_it()
    {
        await using var world = await LedgerWorld.CreateAsync();
        var authority = await world.AuthorityAsync();
        await world.Book.RevokeTokenAsync(world.Agent.Id, world.Token.Id, "test", null, TimeSpan.Zero, CancellationToken.None);

        var refreshed = await world.Authenticator.RefreshAsync(authority, CancellationToken.None);

        Assert.Equal("revoked", Assert.IsType<Authentication.Refused>(refreshed).Cause);
        Assert.Equal(0, world.Cache.Count);
        Assert.Equal((Reasons.Unauthenticated, "revoked"), await RefusedAsync(world, world.Bearer));
    }

    [Fact]
    public async Task A_frozen_database_refuses_in_time()
    {
        await using var cluster = await PostgresCluster.StartNewAsync(fsync: false);
        await using var world = await LedgerWorld.CreateOnAsync(cluster);
        var authority = await world.AuthorityAsync();

        cluster.Pause();
        try
        {
            var started = Stopwatch.GetTimestamp();
            var refreshed = await world.Authenticator.RefreshAsync(authority, CancellationToken.None);

            Assert.Equal(Reasons.LedgerUnavailable, Assert.IsType<Authentication.Refused>(refreshed).Reason);
            Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(3.5));
        }
        finally
        {
            cluster.Resume();
        }
    }

    [Fact]
    public async Task Last_use_is_written_at_most_once_a_minute_and_off_the_call()
    {
        await using var world = await LedgerWorld.CreateAsync();
        await world.AuthorityAsync();
        Assert.Equal(0, await world.ValueAsync<long>("SELECT count(*) FROM tokens WHERE last_used_at IS NOT NULL"));

        await world.Use.FlushAsync(CancellationToken.None);
        var first = await world.ValueAsync<DateTime>("SELECT last_used_at FROM tokens");
        await world.AuthorityAsync();
        await world.Use.FlushAsync(CancellationToken.None);

        Assert.Equal(first, await world.ValueAsync<DateTime>("SELECT last_used_at FROM tokens"));
        Assert.Equal(1, await world.ValueAsync<long>("SELECT count(*) FROM agents WHERE last_seen_at IS NOT NULL"));
    }

    [Fact]
    public async Task The_cache_stays_within_its_bound_and_keeps_what_is_used()
    {
        await using var world = await LedgerWorld.CreateAsync();
        var authority = await world.AuthorityAsync();
        var cache = new AuthorityCache(TimeProvider.System, capacity: 100);
        var used = world.Digests.Of(world.Token.Token);
        cache.Put(used, authority);

        for (var i = 0; i < 1000; i++)
        {
            cache.Put(world.Digests.Of(AgentToken.Create()), authority);
            Assert.NotNull(cache.Find(used));
        }

        Assert.InRange(cache.Count, 50, 101);
    }

    [Fact]
    public async Task A_writer_of_rows_cannot_mint_a_token()
    {
        await using var world = await LedgerWorld.CreateAsync();
        var minted = AgentToken.Create();
        await using var connection = new NpgsqlConnection(world.ConnectionString);
        await connection.OpenAsync();
        await using var insert = new NpgsqlCommand(
            """
            INSERT INTO tokens (id, agent_id, digest, pepper_version, prefix, label)
            VALUES ($1, $2, sha256(convert_to($3, 'UTF8')), 1, left($3, 12), 'minted')
            """,
            connection);
        insert.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = Guid.CreateVersion7() });
        insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = world.Agent.Id });
        insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = minted });
        await insert.ExecuteNonQueryAsync();

        Assert.Equal((Reasons.Unauthenticated, "unknown"), await RefusedAsync(world, "Bearer " + minted));
    }

    private static async Task<(Reason, string)> RefusedAsync(LedgerWorld world, string? header)
    {
        var refused = Assert.IsType<Authentication.Refused>(
            await world.Authenticator.AuthenticateAsync(header, CancellationToken.None));
        return (refused.Reason, refused.Cause);
    }

    private static async Task<Authority> RefreshAsync(LedgerWorld world, Authority authority) =>
        Assert.IsType<Authentication.Known>(await world.Authenticator.RefreshAsync(authority, CancellationToken.None)).Authority;
}
