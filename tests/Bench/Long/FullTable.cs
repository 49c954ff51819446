using System.Globalization;
using AgentGateway.Bench.Load;
using AgentGateway.Bench.Measure;
using AgentGateway.Bench.Report;
using AgentGateway.Bench.Rig;
using Npgsql;

namespace AgentGateway.Bench.Long;

/// <summary>What a call costs when the audit holds many rows already: a gateway and a database per size, called in turns.</summary>
internal sealed class FullTable(Programs programs, Database database, PlainServers plain, Action<string> say)
{
    private const int Templates = 1000;

    public async Task<TableGrowth> MeasureAsync(Provenance of, BenchOptions options, CancellationToken cancel)
    {
        var gateways = new List<RunningProgram>();
        try
        {
            var targets = new List<Target> { plain.Base };
            var sizes = new List<TableSize>();
            foreach (var asked in options.TableRows)
            {
                var rig = new GatewayRig(programs, await database.CreateAnotherAsync(), plain.UpstreamPort);
                await rig.PrepareAsync(options.Connections, cancel);
                var (gateway, port) = await rig.StartAsync(cancel);
                gateways.Add(gateway);
                // Writes first, so that each size's reads follow its own writes and what those leave to seal and to flush.
                Target[] own =
                [
                    rig.Write(port, gateway.Id, Name("write", asked)), rig.Read(port, gateway.Id, Name("read", asked)),
                ];
                await new Rounds(database, say).WarmUpAsync(own, options, cancel);
                sizes.Add(await FillAsync(rig.Database, asked, cancel));
                targets.AddRange(own);
            }

            var rounds = new Rounds(database, say);
            await rounds.WarmUpAsync(targets, options, cancel);
            return new TableGrowth(of, sizes, await rounds.MeasureAsync(targets, options.Connections, options, cancel));
        }
        finally
        {
            foreach (var gateway in gateways)
            {
                await gateway.DisposeAsync();
            }
        }
    }

    public static string Name(string call, int rows) => call + "@" + rows.ToString(CultureInfo.InvariantCulture);

    private async Task<TableSize> FillAsync(string connectionString, int rows, CancellationToken cancel)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancel);
        var columns = await ReadColumnsAsync(connection, cancel);
        var values = columns.Select(column => column is "id" or "admission_id" or "request_id" ? "gen_random_uuid()" : column);
        // Copies of rows that real calls wrote, with ids of their own, through the table with all its indexes and checks.
        var sql =
            $"""
            INSERT INTO audit_events ({string.Join(", ", columns)})
            SELECT {string.Join(", ", values)}
            FROM (SELECT * FROM audit_events ORDER BY sequence DESC LIMIT {Templates}) AS event
            CROSS JOIN generate_series(1, $1)
            LIMIT $2
            """;
        var templates = (int)Math.Min(Templates, await CountAsync(connection, cancel));
        for (var left = rows; left > 0; left -= Math.Min(left, 1_000_000))
        {
            var part = Math.Min(left, 1_000_000);
            await using var copy = new NpgsqlCommand(sql, connection)
            {
                CommandTimeout = 0,
                Parameters = { new() { Value = part / templates + 1 }, new() { Value = part } },
            };
            var copied = await copy.ExecuteNonQueryAsync(cancel);
            if (copied != part)
            {
                throw new InvalidOperationException($"{copied} rows were copied instead of {part}.");
            }

            say($"table: {rows - left + part:N0} of {rows:N0} rows");
        }

        // What filling left to do is done before anything is measured.
        foreach (var statement in (string[])["VACUUM ANALYZE", "CHECKPOINT"])
        {
            await using var settle = new NpgsqlCommand(statement, connection) { CommandTimeout = 0 };
            await settle.ExecuteNonQueryAsync(cancel);
        }

        await using var size = new NpgsqlCommand(
            """
            SELECT (sum(pg_total_relation_size(oid)) / 1e6)::float8 FROM pg_class
            WHERE relname LIKE 'audit\_events%' AND relkind = 'r'
            """,
            connection);
        return new TableSize(rows, await CountAsync(connection, cancel), (double)(await size.ExecuteScalarAsync(cancel))!);
    }

    private static async Task<long> CountAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var count = new NpgsqlCommand("SELECT count(*) FROM audit_events", connection) { CommandTimeout = 0 };
        return (long)(await count.ExecuteScalarAsync(cancel))!;
    }

    // Number, time and transaction are the table's to give.
    private static async Task<List<string>> ReadColumnsAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT column_name FROM information_schema.columns
            WHERE table_schema = current_schema() AND table_name = 'audit_events'
              AND is_identity = 'NO' AND column_name NOT IN ('at', 'tx')
            ORDER BY ordinal_position
            """,
            connection);
        var columns = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            columns.Add(reader.GetString(0));
        }

        return columns;
    }
}
