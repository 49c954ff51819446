using System.Globalization;
using System.Reflection;
using Dapper;
using Npgsql;

namespace AgentGateway.Gateway.Ledger.Migrations;

/// <summary>Which schema this program was built for, and which one the database has.</summary>
internal static class Schema
{
    public const string Journal = "schema_migrations";

    public static IReadOnlyList<string> Scripts { get; } =
    [
        .. Assembly.GetExecutingAssembly().GetManifestResourceNames()
            .Where(name => name.EndsWith(".sql", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    public static int Expected { get; } = Version(Scripts[^1]);

    /// <summary>Zero when nothing was migrated yet.</summary>
    public static async Task<int> FoundAsync(NpgsqlDataSource database, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var exists = await connection.ExecuteScalarAsync<bool>(
            new CommandDefinition("SELECT to_regclass(@Journal) IS NOT NULL", new { Journal }, cancellationToken: cancel));
        var last = exists
            ? await connection.ExecuteScalarAsync<string?>(
                new CommandDefinition("SELECT max(scriptname) FROM schema_migrations", cancellationToken: cancel))
            : null;
        return last is null ? 0 : Version(last);
    }

    private static int Version(string script) => int.Parse(script.AsSpan(0, 4), CultureInfo.InvariantCulture);
}
