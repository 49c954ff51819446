using AgentGateway.Security.Tests.Wire;
using Npgsql;

namespace AgentGateway.Security.Tests.Faults;

/// <summary>What can go wrong with Postgres as a whole; every replica feels it.</summary>
internal static class ServerFaults
{
    private const int Points = 6;

    private const string Full =
        """
        CREATE OR REPLACE FUNCTION disk_is_full() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full';
        END
        $$
        """;

    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(800);

    // Longer than any statement, lock or call may wait.
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(4);

    public static readonly IReadOnlyList<Fault> All =
    [
        Of("db-restart", async (world, _) =>
        {
            await world.Base.Gateways.StopAsync(immediate: true);
            await world.Base.Gateways.StartAsync();
        }),
        Of("db-pause", async (world, _) =>
        {
            world.Base.Gateways.Pause();
            await Task.Delay(Long);
            world.Base.Gateways.Resume();
        }),
        Of("db-read-only", async (world, set) =>
        {
            await world.ExecuteAsync("ALTER SYSTEM SET default_transaction_read_only = on");
            await world.ExecuteAsync("SELECT pg_reload_conf()");
            set();
            await Task.Delay(Short);
            await world.ExecuteAsync("ALTER SYSTEM RESET default_transaction_read_only");
            await world.ExecuteAsync("SELECT pg_reload_conf()");
        }),
        Of("db-full", async (world, set) =>
        {
            await world.ExecuteAsync(Full);
            await AloneAsync(world, "CREATE TRIGGER is_full BEFORE INSERT ON audit_events EXECUTE FUNCTION disk_is_full()");
            await AloneAsync(world, "CREATE TRIGGER is_full BEFORE INSERT OR UPDATE ON idempotency EXECUTE FUNCTION disk_is_full()");
            set();
            await Task.Delay(Short);
            await AloneAsync(world, "DROP TRIGGER is_full ON audit_events");
            await AloneAsync(world, "DROP TRIGGER is_full ON idempotency");
        }),
    ];

    // A change of a table under load may meet those who use it; it is the one that steps back.
    private static async Task AloneAsync(FaultWorld world, string sql)
    {
        for (var left = 20; ; left--)
        {
            try
            {
                await world.ExecuteAsync(sql);
                return;
            }
            catch (PostgresException busy) when (busy.SqlState == PostgresErrorCodes.DeadlockDetected && left > 0)
            {
                await Task.Delay(20);
            }
        }
    }

    // The frame passes when the fault is in place, and the run ends when it is over.
    private static Fault Of(string name, Func<FaultWorld, Action, Task> does) =>
        new(name, Points, frame => frame.Toward == Toward.Server && frame.Kind is 'P' or 'Q' or 'S', async (strike, _) =>
        {
            var isSet = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            strike.Aftermath = does(strike.World, () => isSet.TrySetResult());
            await Task.WhenAny(isSet.Task, strike.Aftermath, Task.Delay(200));
            return Fate.Pass;
        })
        {
            AtDatabase = true,
            IsGlobal = true,
        };
}
