using AgentGateway.Launcher.Tests.Support;
using AgentGateway.Support;

namespace AgentGateway.Launcher.Tests.Delivery;

/// <summary>The gateway hears every change, in order, however long it was away.</summary>
public sealed class DeliveryTests
{
    [Fact]
    public async Task A_switch_reaches_the_gateway_with_its_token_and_everything_it_says()
    {
        await using var world = await World.CreateAsync();

        var answer = await world.SwitchAsync(World.Person, enabled: true, "new laptop", World.Admin);
        await world.DeliveredAsync();

        Assert.Equal(200, answer.Status);
        var push = Assert.Single(world.Gateway.Pushes);
        Assert.Equal(
            new Received(
                World.Client, World.Person.ToString(), 1, true, false, "new laptop", World.Admin.ToString(), "Bearer " + World.GatewayToken),
            push);
    }

    [Fact]
    public async Task Versions_grow_by_one_and_arrive_in_order_for_each_person()
    {
        await using var world = await World.CreateAsync();
        Guid[] people = [World.Person, World.Other];

        await Task.WhenAll(people.SelectMany(person => Enumerable.Range(1, 12).Select(change =>
            world.SwitchAsync(person, change % 2 == 0, $"change {change}"))));
        await world.DeliveredAsync();

        Assert.All(people, person => Assert.Equal(Enumerable.Range(1, 12).Select(version => (long)version), world.Gateway.Versions(person)));
        Assert.Equal(24, await world.ScalarAsync<long>("SELECT count(*) FROM audit WHERE version IS NOT NULL"));
    }

    [Fact]
    public async Task A_push_is_repeated_until_it_is_acknowledged_and_nothing_overtakes_it()
    {
        await using var world = await World.CreateAsync();
        var failures = 3;
        world.Gateway.Answer = push => push.Version == 1 && Interlocked.Decrement(ref failures) >= 0 ? 500 : 200;

        await world.SwitchAsync(World.Person, enabled: true, "on");
        await world.SwitchAsync(World.Person, enabled: false, "off");
        await world.DeliveredAsync();

        Assert.Equal([1, 1, 1, 1, 2], world.Gateway.Versions(World.Person));
        Assert.Equal(4, await world.ScalarAsync<int>("SELECT attempts FROM outbox WHERE version = 1"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>welcome</html>")]
    [InlineData("""{"applied":"yes"}""")]
    [InlineData("""{"ok":true}""")]
    [InlineData("[]")]
    public async Task A_success_that_is_not_the_gateways_acknowledgement_does_not_count(string body)
    {
        await using var world = await World.CreateAsync();
        var first = 1;
        world.Gateway.Body = _ => Interlocked.Exchange(ref first, 0) == 1 ? body : """{"applied":false,"entitlement":{}}""";

        await world.SwitchAsync(World.Person, enabled: true, "on");
        await world.DeliveredAsync();

        Assert.Equal([1, 1], world.Gateway.Versions(World.Person));
        Assert.False(await world.ScalarAsync<bool>("SELECT applied FROM outbox"));
    }

    [Fact]
    public async Task A_refused_content_makes_way_for_the_version_that_takes_the_entitlement_away()
    {
        await using var world = await World.CreateAsync();
        world.Gateway.Answer = push => push.Version == 1 ? 422 : 200;

        await world.SwitchAsync(World.Person, enabled: true, "on");
        await world.SwitchAsync(World.Person, enabled: false, "off");
        await world.DeliveredAsync();

        Assert.Equal(2, world.Gateway.Versions(World.Person)[^1]);
        Assert.Equal("superseded", await world.ScalarAsync<string>("SELECT state FROM outbox WHERE version = 1"));
    }

    [Fact]
    public async Task A_wrong_token_at_the_gateway_holds_the_order_instead_of_skipping()
    {
        await using var world = await World.CreateAsync();
        var open = false;
        world.Gateway.Answer = _ => Volatile.Read(ref open) ? 200 : 401;

        await world.SwitchAsync(World.Person, enabled: true, "on");
        await world.SwitchAsync(World.Person, enabled: false, "off");
        await Eventually.TrueAsync(() => Task.FromResult(world.Gateway.Pushes.Count >= 2));
        Assert.DoesNotContain(2, world.Gateway.Versions(World.Person));
        Volatile.Write(ref open, true);
        await world.DeliveredAsync();

        var versions = world.Gateway.Versions(World.Person);
        Assert.Equal(versions.Order(), versions);
        Assert.Equal(2, versions[^1]);
    }

    [Fact]
    public async Task One_persons_trouble_does_not_hold_up_another()
    {
        await using var world = await World.CreateAsync();
        world.Gateway.Answer = push => push.User == World.Person.ToString() ? 503 : 200;

        await world.SwitchAsync(World.Person, enabled: true, "on");
        await world.SwitchAsync(World.Other, enabled: true, "on");
        await Eventually.TrueAsync(async () =>
            await world.ScalarAsync<bool>("SELECT state = 'delivered' FROM outbox WHERE user_id = @Other", new { World.Other }));

        Assert.Equal("pending", await world.ScalarAsync<string>("SELECT state FROM outbox WHERE user_id = @Person", new { World.Person }));
    }

    [Fact]
    public async Task A_gateway_that_was_down_hears_everything_when_it_is_back_even_from_the_next_launcher()
    {
        await using var world = await World.CreateAsync(gatewayUp: false);
        await world.SwitchAsync(World.Person, enabled: true, "on");
        await world.BlockAsync(World.Person, blocked: true);
        await Eventually.TrueAsync(async () => await world.ScalarAsync<int>("SELECT attempts FROM outbox WHERE version = 1") > 0);
        Assert.Equal("ConnectionError", await world.ScalarAsync<string>("SELECT last_error FROM outbox WHERE version = 1"));

        await world.StopLaunchersAsync();
        await world.Gateway.StartAsync();
        await world.StartLauncherAsync();
        await world.DeliveredAsync();

        Assert.Equal([1, 2], world.Gateway.Versions(World.Person));
        Assert.True(world.Gateway.Pushes.Last().Blocked);
    }

    [Fact]
    public async Task A_launcher_that_stops_in_the_middle_of_a_push_leaves_it_to_the_next()
    {
        await using var world = await World.CreateAsync();
        var reached = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        world.Gateway.Before = _ =>
        {
            reached.TrySetResult();
            return release.Task;
        };
        await world.SwitchAsync(World.Person, enabled: true, "on");
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(10));

        await world.StopLaunchersAsync();
        Assert.Equal("pending", await world.ScalarAsync<string>("SELECT state FROM outbox"));
        release.SetResult();
        await world.StartLauncherAsync();
        await world.DeliveredAsync();

        Assert.Equal([1, 1], world.Gateway.Versions(World.Person));
    }

    [Fact]
    public async Task Two_launchers_send_each_version_once_and_in_order()
    {
        await using var world = await World.CreateAsync(launcherUp: false);
        await world.StartLauncherAsync();
        await world.StartLauncherAsync();
        world.Gateway.Before = _ => Task.Delay(5);
        Guid[] people = [World.Root, World.Admin, World.Person, World.Other];

        await Task.WhenAll(people.SelectMany(person => Enumerable.Range(1, 10).Select(change =>
            world.SwitchAsync(person, change % 2 == 0, $"change {change}", World.Operator))));
        await world.DeliveredAsync();

        Assert.All(people, person => Assert.Equal(Enumerable.Range(1, 10).Select(version => (long)version), world.Gateway.Versions(person)));
        Assert.True(world.Gateway.MostAtOnce > 1, "The pushes of several people should overlap.");
    }
}
