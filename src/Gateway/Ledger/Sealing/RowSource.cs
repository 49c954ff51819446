using System.Globalization;
using Npgsql;

namespace AgentGateway.Gateway.Ledger.Sealing;

/// <summary>Opens the rows of the audit as one stream in the order of sealing.</summary>
internal static class RowSource
{
    /// <summary>
    /// The next rows that can have no more predecessors: whatever wrote before them has ended, also what was slow to commit.
    /// </summary>
    public static Task<CopyReader> UnsealedAsync(
        NpgsqlConnection connection, SealPosition after, int most, CancellationToken cancel) =>
        OpenAsync(
            connection,
            $"""
            SELECT {SealedRow.Columns} FROM audit_events
            WHERE {After(after)} AND tx < pg_snapshot_xmin(pg_current_snapshot())
            ORDER BY tx, sequence LIMIT {most.ToString(CultureInfo.InvariantCulture)}
            """,
            cancel);

    /// <summary>All rows after the position, also those of partitions that were detached.</summary>
    public static Task<CopyReader> AllAsync(
        NpgsqlConnection connection, SealPosition after, IReadOnlyList<string> detached, CancellationToken cancel)
    {
        var tables = detached.Prepend("audit_events").Select(
            table => $"(SELECT {SealedRow.Columns} FROM {table} WHERE {After(after)})");
        return OpenAsync(connection, $"{string.Join(" UNION ALL ", tables)} ORDER BY tx, sequence", cancel);
    }

    /// <summary>Tables of months that are attached no more, by name; the names need no quotes.</summary>
    public static async Task<IReadOnlyList<string>> DetachedAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT c.relname::text FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE c.relkind = 'r' AND n.nspname = 'public' AND c.relname ~ '^audit_events_[0-9]{4}_[0-9]{2}$'
              AND NOT c.relispartition
            ORDER BY 1
            """,
            connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var names = new List<string>();
        while (await reader.ReadAsync(cancel))
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    // COPY takes no parameters; these are numbers of our own.
    private static string After(SealPosition position) => string.Create(
        CultureInfo.InvariantCulture, $"(tx, sequence) > ('{position.Tx}'::xid8, {position.Sequence})");

    private static async Task<CopyReader> OpenAsync(NpgsqlConnection connection, string query, CancellationToken cancel) =>
        new(await connection.BeginRawBinaryCopyAsync($"COPY ({query}) TO STDOUT (FORMAT binary)", cancel));
}
