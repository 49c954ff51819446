using DbUp;
using DbUp.Builder;
using DbUp.Engine;
using DbUp.Engine.Output;
using Npgsql;

namespace AgentGateway.Launcher.Storage;

/// <summary>Applies the schema's scripts in order, each once and in a transaction, one program at a time.</summary>
internal static class Migrator
{
    // Any number that nothing else locks; two programs that start together must not both create the tables.
    private const long OneAtATime = 7_204_911_002;

    public static async Task<IReadOnlyList<string>> ApplyAsync(string database, CancellationToken cancel)
    {
        await using var guard = new NpgsqlConnection(Unpooled(database));
        await guard.OpenAsync(cancel);
        await using var hold = new NpgsqlCommand($"SELECT pg_advisory_lock({OneAtATime})", guard);
        await hold.ExecuteNonQueryAsync(cancel);
        var result = Engine(database).PerformUpgrade();
        return result.Successful
            ? [.. result.Scripts.Select(ShortName)]
            : throw new NpgsqlException($"{(result.ErrorScript is { } script ? ShortName(script) : "schema")}: {result.Error.Message}", result.Error);
    }

    public static bool IsPending(string database) => Engine(database).IsUpgradeRequired();

    private static UpgradeEngine Engine(string database) => Configure(database).Build();

    private static UpgradeEngineBuilder Configure(string database) => DeployChanges.To
        .PostgresqlDatabase(Unpooled(database))
        .WithScriptsEmbeddedInAssembly(typeof(Migrator).Assembly, name => name.EndsWith(".sql", StringComparison.Ordinal))
        .WithVariablesDisabled()
        .WithTransactionPerScript()
        .LogTo(new NoOpUpgradeLog());

    private static string Unpooled(string database) => new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString;

    private static string ShortName(SqlScript script) => string.Join('.', script.Name.Split('.')[^2..]);
}
