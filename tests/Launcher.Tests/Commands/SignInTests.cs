using AgentGateway.Launcher.SignIn;
using AgentGateway.Launcher.Storage;
using AgentGateway.Launcher.Tests.Support;

namespace AgentGateway.Launcher.Tests.Commands;

/// <summary>A link signs one person in, once, for five minutes, and is nowhere but in the link.</summary>
public sealed class SignInTests
{
    [Fact]
    public async Task A_link_is_spent_once_and_looking_at_it_does_not_spend_it()
    {
        await using var world = await World.CreateAsync(launcherUp: false);
        await using var database = LauncherDatabase.Open(world.Connection);
        var links = new SignInLinks(database);
        var link = await links.MakeAsync(World.Person, CancellationToken.None);

        Assert.Equal(World.Person, (await links.FindAsync(link!.Code, CancellationToken.None))?.Id);
        Assert.Equal(World.Person, (await links.FindAsync(link.Code, CancellationToken.None))?.Id);
        var spent = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => links.SpendAsync(link.Code, CancellationToken.None)));

        Assert.Equal(World.Person, Assert.Single(spent, person => person is not null)!.Id);
        Assert.Null(await links.FindAsync(link.Code, CancellationToken.None));
    }

    [Theory]
    [InlineData("UPDATE sign_in_links SET expires_at = now() - interval '1 second'")]
    [InlineData("UPDATE users SET blocked = true")]
    public async Task A_link_that_is_late_or_of_a_blocked_person_signs_nobody_in(string meanwhile)
    {
        await using var world = await World.CreateAsync(launcherUp: false);
        await using var database = LauncherDatabase.Open(world.Connection);
        var links = new SignInLinks(database);
        var link = await links.MakeAsync(World.Person, CancellationToken.None);
        await world.ExecuteAsync(meanwhile);

        Assert.Null(await links.FindAsync(link!.Code, CancellationToken.None));
        Assert.Null(await links.SpendAsync(link.Code, CancellationToken.None));
    }

    [Fact]
    public async Task A_blocked_or_unknown_person_gets_no_link_and_old_ones_are_swept()
    {
        await using var world = await World.CreateAsync(launcherUp: false);
        await using var database = LauncherDatabase.Open(world.Connection);
        var links = new SignInLinks(database);
        await links.MakeAsync(World.Other, CancellationToken.None);
        await world.ExecuteAsync("UPDATE sign_in_links SET expires_at = now() - interval '1 second'");
        await world.ExecuteAsync("UPDATE users SET blocked = true WHERE id = @Person", new { World.Person });

        Assert.Null(await links.MakeAsync(World.Person, CancellationToken.None));
        Assert.Null(await links.MakeAsync(Guid.CreateVersion7(), CancellationToken.None));

        Assert.Equal(0, await world.ScalarAsync<long>("SELECT count(*) FROM sign_in_links"));
    }

    [Fact]
    public async Task The_database_does_not_hold_what_opens_the_door()
    {
        await using var world = await World.CreateAsync(launcherUp: false);
        await using var database = LauncherDatabase.Open(world.Connection);

        var link = await new SignInLinks(database).MakeAsync(World.Person, CancellationToken.None);

        Assert.Equal(43, link!.Code.Length);
        Assert.False(await world.ScalarAsync<bool>(
            "SELECT EXISTS (SELECT FROM sign_in_links AS l WHERE l::text LIKE '%' || @Code || '%')", new { link.Code }));
        Assert.InRange(link.ExpiresAt - await world.ScalarAsync<DateTime>("SELECT now()"), TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(5));
    }
}
