using AgentGateway.Gateway.Ledger.Migrations;

namespace AgentGateway.Gateway.Tests.Ledger.Migrations;

/// <summary>Replicas are replaced one by one: the old program serves on the new schema unless that says otherwise.</summary>
public sealed class UpgradeTests
{
    [Fact]
    public async Task A_newer_schema_serves_until_it_leaves_this_program_behind()
    {
        await using var world = await LedgerWorld.CreateAsync();
        var own = await Schema.FoundAsync(world.Database, CancellationToken.None);

        await world.ExecuteAsync("INSERT INTO schema_migrations (scriptname, applied) VALUES ('9000_later.sql', now())");
        var newer = await Schema.FoundAsync(world.Database, CancellationToken.None);
        await world.ExecuteAsync("UPDATE schema_floor SET oldest_program = 9000");
        var behind = await Schema.FoundAsync(world.Database, CancellationToken.None);

        Assert.True(own.Serves);
        Assert.Equal((9000, true), (newer.Version, newer.Serves));
        Assert.False(behind.Serves);
    }

    [Fact]
    public async Task An_older_schema_does_not_serve()
    {
        await using var world = await LedgerWorld.CreateAsync();

        await world.ExecuteAsync("DELETE FROM schema_migrations WHERE scriptname > '0011'");

        Assert.False((await Schema.FoundAsync(world.Database, CancellationToken.None)).Serves);
    }
}
