using AgentGateway.Security.Tests.Rig;
using AgentGateway.Security.Tests.Wire;
using Npgsql;

namespace AgentGateway.Security.Tests.Faults;

/// <summary>A replica whose every message to and from Postgres and Tasker can be seen, held and cut.</summary>
internal sealed class Victim : IAsyncDisposable
{
    private Victim(Replica replica, WireProxy database, WireProxy tasker)
    {
        Replica = replica;
        Database = database;
        Tasker = tasker;
    }

    public Replica Replica { get; }

    public WireProxy Database { get; }

    public WireProxy Tasker { get; }

    public bool IsDead { get; private set; }

    public static Victim Start(GatewaySettings settings, string log, string? plant)
    {
        var database = new NpgsqlConnectionStringBuilder(settings.Database);
        var toPostgres = new WireProxy(Framings.Postgres, database.Port);
        var toTasker = new WireProxy(Framings.Http, settings.Tasker.Port);
        database.Port = toPostgres.Port;
        // What is encrypted cannot be told apart.
        database.SslMode = SslMode.Disable;
        database.GssEncryptionMode = GssEncryptionMode.Disable;
        var own = settings with
        {
            Database = database.ConnectionString,
            Tasker = new Uri($"http://127.0.0.1:{toTasker.Port}"),
        };
        return new Victim(Replica.Start(own, log, plant), toPostgres, toTasker);
    }

    public void Kill()
    {
        IsDead = true;
        Replica.Process.Kill();
    }

    public void Arm(Watch database, Watch tasker)
    {
        Database.Arm(database);
        Tasker.Arm(tasker);
    }

    public void Disarm()
    {
        Database.Disarm();
        Tasker.Disarm();
    }

    public async ValueTask DisposeAsync()
    {
        await Replica.DisposeAsync();
        await Database.DisposeAsync();
        await Tasker.DisposeAsync();
    }
}
