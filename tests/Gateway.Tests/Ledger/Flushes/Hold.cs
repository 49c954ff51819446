using AgentGateway.Support;
using Npgsql;

namespace AgentGateway.Gateway.Tests.Ledger.Flushes;

/// <summary>Somebody else's transaction that holds a lock until it is disposed.</summary>
internal sealed class Hold(LedgerWorld world, NpgsqlConnection connection, NpgsqlTransaction transaction) : IAsyncDisposable
{
    private const string Waiter = "SELECT pid FROM pg_locks WHERE NOT granted AND database = "
        + "(SELECT oid FROM pg_database WHERE datname = current_database())";

    public static Task<Hold> LockAsync(LedgerWorld world, long key) => TakeAsync(world, $"SELECT pg_advisory_xact_lock({key})");

    public static Task<Hold> TableAsync(LedgerWorld world, string table) => TakeAsync(world, $"LOCK TABLE {table}");

    /// <summary>Returns when somebody waits for a lock in this database.</summary>
    public Task HasWaiterAsync() => Eventually.TrueAsync(async () => await world.ValueAsync<int?>(Waiter) is not null);

    public Task EndWaiterAsync() => world.ExecuteAsync($"SELECT pg_terminate_backend(pid) FROM ({Waiter}) AS w");

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }

    private static async Task<Hold> TakeAsync(LedgerWorld world, string sql)
    {
        var connection = new NpgsqlConnection(world.ConnectionString);
        await connection.OpenAsync();
        var transaction = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
        return new Hold(world, connection, transaction);
    }
}
