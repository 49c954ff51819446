using System.Globalization;
using System.Reflection;
using Dapper;
using Npgsql;

namespace AgentGateway.Gateway.Ledger.Migrations;

/// <summary>The schema a database has, and the oldest one whose programs may still serve on it.</summary>
internal sealed record FoundSchema(int Version, int OldestProgram)
{
    /// <summary>Newer is good as long as it leaves this program what it knows: replicas are replaced one by one.</summary>
    public bool Serves => Version >= Schema.Expected && OldestProgram <= Schema.Expected;
}

/// <summary>Which schema this program was built for, and which one the database has.</summary>
internal static class Schema
{
    public const string Journal = "schema_migrations";

    private const string Floor = "schema_floor";

    public static IReadOnlyList<string> Scripts { get; } =
    [
        .. Assembly.GetExecutingAssembly().GetManifestResourceNames()
            .Where(name => name.EndsWith(".sql", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    public static int Expected { get; } = Version(Scripts[^1]);

    /// <summary>Version zero when nothing was migrated yet.</summary>
    public static async Task<FoundSchema> FoundAsync(NpgsqlDataSource database, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var last = await ReadAsync<string?>(connection, Journal, "max(scriptname)", cancel);
        return new FoundSchema(last is null ? 0 : Version(last), await ReadAsync<int>(connection, Floor, "max(oldest_program)", cancel));
    }

    private static async Task<T?> ReadAsync<T>(NpgsqlConnection connection, string table, string value, CancellationToken cancel)
    {
        var exists = await connection.ExecuteScalarAsync<bool>(
            new CommandDefinition("SELECT to_regclass(@table) IS NOT NULL", new { table }, cancellationToken: cancel));
        return exists
            ? await connection.ExecuteScalarAsync<T>(new CommandDefinition($"SELECT {value} FROM {table}", cancellationToken: cancel))
            : default;
    }

    private static int Version(string script) => int.Parse(script.AsSpan(0, 4), CultureInfo.InvariantCulture);
}
