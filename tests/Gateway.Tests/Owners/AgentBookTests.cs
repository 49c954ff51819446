using AgentGateway.Gateway.Ledger;
using AgentGateway.Gateway.Tests.Ledger;

namespace AgentGateway.Gateway.Tests.Owners;

public sealed class AgentBookTests
{
    [Fact]
    public async Task Each_change_raises_the_version_and_leaves_one_event_with_its_actor()
    {
        await using var world = await LedgerWorld.CreateAsync();
        var before = await VersionAsync(world);

        await world.Book.RevokeTokenAsync(
            world.Agent.Id, world.Token.Id, "u-anna", "lost laptop", TimeSpan.Zero, CancellationToken.None);

        Assert.Equal(before + 1, await VersionAsync(world));
        Assert.Equal("u-anna|lost laptop", await world.ValueAsync<string>(
            "SELECT actor || '|' || cause FROM audit_events WHERE decision = 'token_revoked'"));
        Assert.Equal(3, await world.EventsAsync("lifecycle"));
    }

    [Fact]
    public async Task A_token_is_stored_as_digest_only_and_named_by_its_prefix()
    {
        await using var world = await LedgerWorld.CreateAsync();

        var row = await world.ValueAsync<string>("SELECT tokens::text FROM tokens");
        var events = await world.ValueAsync<string>("SELECT string_agg(audit_events::text, ' ') FROM audit_events");

        Assert.Contains(world.Token.Prefix, row, StringComparison.Ordinal);
        Assert.DoesNotContain(world.Token.Token, row + events, StringComparison.Ordinal);
        Assert.DoesNotContain(world.Token.Token, world.Token.ToString(), StringComparison.Ordinal);
        Assert.Equal(89, (int)(world.Token.ExpiresAt!.Value - TimeProvider.System.GetUtcNow()).TotalDays);
    }

    [Fact]
    public async Task Revoking_an_agent_kills_all_its_tokens_and_it_gets_no_new_one()
    {
        await using var world = await LedgerWorld.CreateAsync();
        await world.Book.IssueTokenAsync(world.Agent.Id, "second", null, "test", CancellationToken.None);

        var done = await world.Book.RevokeAgentAsync(world.Agent.Id, "test", null, TimeSpan.Zero, CancellationToken.None);

        Assert.True(done!.Drained);
        Assert.Equal(0, await world.ValueAsync<long>("SELECT count(*) FROM tokens WHERE revoked_at IS NULL"));
        Assert.Null(await world.Book.IssueTokenAsync(world.Agent.Id, "third", null, "test", CancellationToken.None));
    }

    [Fact]
    public async Task What_does_not_exist_is_not_changed()
    {
        await using var world = await LedgerWorld.CreateAsync();

        Assert.Null(await world.Book.RevokeAgentAsync("ag_doesnotexist", "test", null, TimeSpan.Zero, CancellationToken.None));
        Assert.Null(await world.Book.IssueTokenAsync("ag_doesnotexist", "x", null, "test", CancellationToken.None));
        Assert.Null(await world.Book.RevokeTokenAsync(
            world.Agent.Id, Guid.CreateVersion7(), "test", null, TimeSpan.Zero, CancellationToken.None));
        Assert.Equal(2, await world.EventsAsync("lifecycle"));
    }

    [Fact]
    public async Task A_revoke_waits_for_what_was_admitted_before_and_says_what_is_left()
    {
        await using var world = await LedgerWorld.CreateAsync();
        var admitted = Assert.IsType<Admission.Admitted>(
            await world.Ledger.AdmitAsync(await world.RequestAsync(key: "key-00000001"), CancellationToken.None));

        var hasty = await world.Book.RevokeTokenAsync(
            world.Agent.Id, world.Token.Id, "test", null, TimeSpan.FromMilliseconds(50), CancellationToken.None);
        var patient = world.Book.RevokeAgentAsync(world.Agent.Id, "test", null, TimeSpan.FromSeconds(20), CancellationToken.None);
        await world.Ledger.SettleAsync(admitted, LedgerWorld.Done());

        Assert.Equal(1, hasty!.InFlight);
        Assert.True((await patient)!.Drained);
    }

    [Fact]
    public async Task A_revoke_waits_for_a_commit_that_takes_longer_than_any_call_may()
    {
        await using var world = await LedgerWorld.CreateAsync();
        await world.ExecuteAsync(
            """
            CREATE FUNCTION slow_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(3); RETURN NULL; END $$;
            CREATE CONSTRAINT TRIGGER slow_disk AFTER UPDATE ON agents DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION slow_disk();
            """);

        await world.Book.RevokeTokenAsync(world.Agent.Id, world.Token.Id, "test", null, TimeSpan.Zero, CancellationToken.None);

        Assert.Equal(0, await world.ValueAsync<long>("SELECT count(*) FROM tokens WHERE revoked_at IS NULL"));
    }

    [Fact]
    public async Task A_revoke_that_cannot_read_what_is_on_its_way_has_happened_all_the_same()
    {
        await using var world = await LedgerWorld.CreateAsync();
        await world.ExecuteAsync("ALTER TABLE idempotency RENAME COLUMN lease_until TO lease_end");

        var done = await world.Book.RevokeAgentAsync(world.Agent.Id, "test", null, TimeSpan.Zero, CancellationToken.None);

        Assert.Null(done!.InFlight);
        Assert.False(done.Drained);
        Assert.Equal(0, await world.ValueAsync<long>("SELECT count(*) FROM tokens WHERE revoked_at IS NULL"));
    }

    private static Task<long> VersionAsync(LedgerWorld world) => world.ValueAsync<long>("SELECT authority_version FROM agents");
}
