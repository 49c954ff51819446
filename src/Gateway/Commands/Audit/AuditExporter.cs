using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace AgentGateway.Gateway.Commands.Audit;

/// <summary>Where an export stands, in the order of sealing: no row ever comes before one that was exported.</summary>
internal readonly record struct ExportCursor(ulong Tx, long Sequence)
{
    public static ExportCursor? Parse(string text) =>
        text.Split('-') is [var tx, var sequence]
            && ulong.TryParse(tx, NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            && long.TryParse(sequence, NumberStyles.None, CultureInfo.InvariantCulture, out var second)
            ? new ExportCursor(first, second)
            : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Tx}-{Sequence}");
}

/// <summary>Which events to export, and how.</summary>
internal sealed record ExportWish
{
    public required bool Csv { get; init; }

    public DateTimeOffset? From { get; init; }

    public DateTimeOffset? To { get; init; }

    public string? Agent { get; init; }

    public ExportCursor After { get; init; }

    /// <summary>The file has its header already.</summary>
    public bool Headed { get; init; }
}

/// <summary>Writes whole lines of events that are final; the audit holds no secret, and MACs stay where they are.</summary>
internal static class AuditExporter
{
    public static readonly string CsvHeader = string.Join(',', Names());

    private const string Columns =
        """
        sequence, at, id, kind, admission_id, request_id, door, agent_id, agent_name, owner_id, token_id, token_prefix, tool,
        project_ids, project_key, card, scope, effect, decision, reason, cause, manifest_digest, key_digest, argument_digest,
        upstream_status, duration_ms, client_name, client_version, thread_id, traceparent, remote_address, count, actor, epoch,
        replica
        """;

    private static readonly byte[] LineEnd = "\n"u8.ToArray();

    public static async Task<long> RunAsync(NpgsqlDataSource database, ExportWish wish, Stream target, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = new NpgsqlCommand(
            $"""
            SELECT tx, {Columns} FROM audit_events
            WHERE (tx, sequence) > ($1, $2) AND tx < pg_snapshot_xmin(pg_current_snapshot())
              AND ($3::timestamptz IS NULL OR at >= $3) AND ($4::timestamptz IS NULL OR at < $4)
              AND ($5::text IS NULL OR agent_id = $5)
            ORDER BY tx, sequence
            """,
            connection);
        Add(command, NpgsqlDbType.Xid8, wish.After.Tx);
        Add(command, NpgsqlDbType.Bigint, wish.After.Sequence);
        Add(command, NpgsqlDbType.TimestampTz, wish.From?.ToUniversalTime());
        Add(command, NpgsqlDbType.TimestampTz, wish.To?.ToUniversalTime());
        Add(command, NpgsqlDbType.Text, wish.Agent);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        if (wish is { Csv: true, Headed: false })
        {
            await target.WriteAsync(Encoding.UTF8.GetBytes(CsvHeader + "\n"), cancel);
        }

        var written = 0L;
        for (; await reader.ReadAsync(cancel); written++)
        {
            await target.WriteAsync(wish.Csv ? CsvLine(reader) : JsonLine(reader), cancel);
        }

        await target.FlushAsync(cancel);
        return written;
    }

    /// <summary>A text that a spreadsheet would run is quoted, and nothing breaks a line.</summary>
    public static string CsvField(string text)
    {
        var plain = string.Concat(text.Select(character => char.IsControl(character) ? ' ' : character));
        var safe = plain.TrimStart() is ['=' or '+' or '-' or '@' or '＝' or '＋' or '－' or '＠', ..] ? "'" + plain : plain;
        return safe.AsSpan().IndexOfAny(",\"; '") < 0 ? safe : $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private static IEnumerable<string> Names() =>
        Columns.Split([',', ' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Prepend("cursor");

    private static byte[] CsvLine(NpgsqlDataReader reader)
    {
        var fields = Enumerable.Range(1, reader.FieldCount - 1).Select(column => reader.GetValue(column) switch
        {
            DBNull => "",
            Guid[] ids => string.Join(' ', ids),
            string text => CsvField(text),
            var value => Plain(value),
        });
        return Encoding.UTF8.GetBytes(string.Join(',', fields.Prepend(Cursor(reader).ToString())) + "\n");
    }

    private static ReadOnlyMemory<byte> JsonLine(NpgsqlDataReader reader)
    {
        var line = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            json.WriteString("cursor", Cursor(reader).ToString());
            for (var column = 1; column < reader.FieldCount; column++)
            {
                if (!reader.IsDBNull(column))
                {
                    Write(json, reader.GetName(column), reader.GetValue(column));
                }
            }

            json.WriteEndObject();
        }

        line.Write(LineEnd);
        return line.WrittenMemory;
    }

    private static void Write(Utf8JsonWriter json, string name, object value)
    {
        switch (value)
        {
            case int number:
                json.WriteNumber(name, number);
                break;
            case long number:
                json.WriteNumber(name, number);
                break;
            case Guid[] ids:
                json.WriteStartArray(name);
                foreach (var id in ids)
                {
                    json.WriteStringValue(id);
                }

                json.WriteEndArray();
                break;
            default:
                json.WriteString(name, value as string ?? Plain(value));
                break;
        }
    }

    private static string Plain(object value) => value switch
    {
        byte[] bytes => Convert.ToHexStringLower(bytes),
        DateTime at => at.ToString("O", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private static ExportCursor Cursor(NpgsqlDataReader reader) => new(reader.GetFieldValue<ulong>(0), reader.GetInt64(1));

    private static void Add(NpgsqlCommand command, NpgsqlDbType type, object? value) =>
        command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type, Value = value ?? DBNull.Value });
}
