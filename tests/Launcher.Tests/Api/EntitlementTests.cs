using AgentGateway.Launcher.Tests.Support;
using Npgsql;

namespace AgentGateway.Launcher.Tests.Api;

/// <summary>Switching and blocking: one version, one audit entry, one message, and the access check agrees.</summary>
public sealed class EntitlementTests
{
    [Fact]
    public async Task Only_enabled_and_not_blocked_is_allowed()
    {
        await using var world = await World.CreateAsync();

        Assert.Equal((false, false, false, 0), await AccessAsync(world, World.Person));
        await world.SwitchAsync(World.Person, enabled: true, "on");
        Assert.Equal((true, true, false, 1), await AccessAsync(world, World.Person));
        await world.BlockAsync(World.Person, blocked: true);
        Assert.Equal((false, true, true, 2), await AccessAsync(world, World.Person));
        await world.BlockAsync(World.Person, blocked: false);
        Assert.Equal((true, true, false, 3), await AccessAsync(world, World.Person));
        await world.SwitchAsync(World.Person, enabled: false, "off");
        Assert.Equal((false, false, false, 4), await AccessAsync(world, World.Person));
        Assert.Equal((false, false, false, 0), await AccessAsync(world, Guid.CreateVersion7()));
    }

    [Fact]
    public async Task A_person_of_two_clients_is_blocked_in_both_and_entitled_in_one()
    {
        await using var world = await World.CreateAsync();
        await world.ExecuteAsync("INSERT INTO client_members VALUES ('globex', @Person, 'member')", new { World.Person });
        await world.SwitchAsync(World.Person, enabled: true, "on");
        await world.SwitchAsync(World.Person, enabled: false, "not here", World.Stranger, "globex");

        var block = await world.BlockAsync(World.Person, blocked: true, World.Operator);
        await world.DeliveredAsync();

        Assert.Equal("""{"acme":2,"globex":2}""", block.Body.GetProperty("versions").GetRawText());
        Assert.Equal([1, 2], world.Gateway.Versions(World.Person));
        Assert.Equal([1, 2], world.Gateway.Versions(World.Person, "globex"));
        Assert.All(world.Gateway.Pushes.Where(push => push.Version == 2), push => Assert.True(push.Blocked));
        var clients = (await world.CheckAsync(World.Person)).Body.GetProperty("clients");
        Assert.Equal(
            """[{"client":"acme","enabled":true,"version":2,"reason":"on"},{"client":"globex","enabled":false,"version":2,"reason":"not here"}]""",
            clients.GetRawText());
    }

    [Fact]
    public async Task Saying_the_same_again_changes_nothing()
    {
        await using var world = await World.CreateAsync();
        await world.SwitchAsync(World.Person, enabled: true, "on");
        await world.BlockAsync(World.Person, blocked: true);

        var again = await world.SwitchAsync(World.Person, enabled: true, "on");
        var block = await world.BlockAsync(World.Person, blocked: true);

        Assert.False(again.Body.GetProperty("changed").GetBoolean());
        Assert.False(block.Body.GetProperty("changed").GetBoolean());
        Assert.Equal(2, again.Body.GetProperty("entitlement").GetProperty("version").GetInt64());
        Assert.Equal(2, await world.ScalarAsync<long>("SELECT count(*) FROM outbox"));
    }

    [Fact]
    public async Task Every_version_has_its_audit_entry_and_every_message_its_state()
    {
        await using var world = await World.CreateAsync();
        await world.SwitchAsync(World.Person, enabled: true, "on", World.Admin);
        await world.BlockAsync(World.Person, blocked: true);
        await world.SwitchAsync(World.Person, enabled: false, "off");
        await world.DeliveredAsync();

        var first = await world.SendAsync(HttpMethod.Get, "/api/v1/audit?client=acme&limit=2", World.Root);
        var cursor = first.Body.GetProperty("next_cursor").GetInt64();
        var second = await world.SendAsync(HttpMethod.Get, $"/api/v1/audit?client=acme&limit=2&cursor={cursor}", World.Root);
        var pushes = await world.SendAsync(HttpMethod.Get, "/api/v1/outbox?client=acme&state=delivered", World.Root);
        var whole = await world.SendAsync(HttpMethod.Get, $"/api/v1/audit?user={World.Person}", World.Operator);

        var entries = first.Body.GetProperty("entries").EnumerateArray().Concat(second.Body.GetProperty("entries").EnumerateArray())
            .Select(entry => $"{entry.GetProperty("version")} {entry.GetProperty("action")} {entry.GetProperty("enabled")} "
                + $"{entry.GetProperty("blocked")} {entry.GetProperty("reason")} {entry.GetProperty("actor")}");
        Assert.Equal(
            [
                $"3 module_disabled False True off {World.Root}",
                $"2 user_blocked True True because {World.Root}",
                $"1 module_enabled True False on {World.Admin}",
            ],
            entries);
        Assert.Equal(System.Text.Json.JsonValueKind.Null, second.Body.GetProperty("next_cursor").ValueKind);
        Assert.Equal(4, whole.Body.GetProperty("entries").GetArrayLength());
        Assert.Equal([3, 2, 1], pushes.Body.GetProperty("pushes").EnumerateArray().Select(push => push.GetProperty("version").GetInt32()));
        Assert.All(pushes.Body.GetProperty("pushes").EnumerateArray(), push => Assert.Equal(1, push.GetProperty("attempts").GetInt32()));
    }

    [Theory]
    [InlineData("UPDATE audit SET reason = 'nicer'")]
    [InlineData("DELETE FROM audit")]
    [InlineData("TRUNCATE audit")]
    public async Task The_audit_cannot_be_rewritten(string sql)
    {
        await using var world = await World.CreateAsync();
        await world.SwitchAsync(World.Person, enabled: true, "on");

        await Assert.ThrowsAsync<PostgresException>(() => world.ExecuteAsync(sql));

        Assert.Equal("on", await world.ScalarAsync<string>("SELECT reason FROM audit"));
    }

    [Fact]
    public async Task A_change_whose_message_cannot_be_written_did_not_happen()
    {
        await using var world = await World.CreateAsync();
        await world.ExecuteAsync("ALTER TABLE outbox ADD CONSTRAINT broken CHECK (version < 2)");
        await world.SwitchAsync(World.Person, enabled: true, "on");

        var failed = await world.SwitchAsync(World.Person, enabled: false, "off");

        Assert.Equal((500, "internal_error"), (failed.Status, failed.Code));
        Assert.Equal((true, true, false, 1), await AccessAsync(world, World.Person));
        Assert.Equal(1, await world.ScalarAsync<long>("SELECT count(*) FROM audit"));
    }

    private static async Task<(bool Allowed, bool Enabled, bool Blocked, long Version)> AccessAsync(World world, Guid user)
    {
        var answer = await world.CheckAsync(user);
        Assert.Equal(200, answer.Status);
        Assert.Equal("codex_agents", answer.Body.GetProperty("module").GetString());
        Assert.Equal(user, answer.Body.GetProperty("user").GetGuid());
        return (answer.Body.GetProperty("allowed").GetBoolean(), answer.Body.GetProperty("enabled").GetBoolean(),
            answer.Body.GetProperty("blocked").GetBoolean(), answer.Body.GetProperty("version").GetInt64());
    }
}
