using AgentGateway.Support;

namespace AgentGateway.Security.Tests.Rig;

/// <summary>One gateway process, right or with a planted mistake, on ports of its own.</summary>
internal sealed class Replica : IAsyncDisposable
{
    private readonly ServerProgram _program;

    private Replica(ServerProgram program, Uri agents, Uri inside)
    {
        _program = program;
        Agents = agents;
        Inside = inside;
    }

    /// <summary>Where agents call.</summary>
    public Uri Agents { get; }

    /// <summary>Where backends call.</summary>
    public Uri Inside { get; }

    public ServerProgram Process => _program;

    public static Replica Start(GatewaySettings settings, string log, string? plant = null)
    {
        var agents = Loopback.FreeAddress();
        var inside = Loopback.FreeAddress();
        string[] arguments = plant is null ? [] : ["--plant", plant];
        var program = ServerProgram.Start(
            ServerProgram.Built("Security.Replica", "AgentGateway.Security.Replica"), arguments, settings.For(agents, inside), log);
        return new Replica(program, agents, inside);
    }

    public static Task<string> MigrateAsync(GatewaySettings settings, string log) => ServerProgram.RunAsync(
        ServerProgram.Built("Gateway", "gateway"), ["migrate"], settings.For(Loopback.At(1), Loopback.At(2)), log);

    public Task WaitUntilReadyAsync(HttpClient client) => _program.WaitUntilReadyAsync(client, new Uri(Inside, "/readyz"));

    public ValueTask DisposeAsync() => _program.DisposeAsync();
}
