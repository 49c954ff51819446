namespace AgentGateway.Launcher.Tests.Support;

/// <summary>One world for tests that change nothing in it.</summary>
public sealed class SharedWorld : IAsyncLifetime
{
    private World? _world;

    public World World => _world ?? throw new InvalidOperationException("Not started.");

    public async Task InitializeAsync() => _world = await World.CreateAsync();

    public async Task DisposeAsync() => await World.DisposeAsync();
}
