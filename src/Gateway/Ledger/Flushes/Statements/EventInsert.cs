using Npgsql;
using NpgsqlTypes;

namespace AgentGateway.Gateway.Ledger.Flushes.Statements;

/// <summary>
/// Appends all events of a flush in one statement. An event that is bound to an admission's verdict or to the holder of a key
/// is written only where both hold: what the statement returns is what was written, and nothing else happened.
/// </summary>
internal static class EventInsert
{
    private static readonly string[] Names =
        AuditEvent.Columns.Split([',', ' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries);

    // A missing verdict admits nothing. What ends a call is the end only where this very transaction stored it: a reconciler
    // may have settled the same attempt meanwhile. The lookup is a scalar one, so that no plan reads the whole table for it.
    private static readonly string Sql =
        $"""
        WITH judged AS MATERIALIZED (SELECT nullif(current_setting('gateway.go', true), '')::boolean[] AS go)
        INSERT INTO audit_events ({AuditEvent.Columns})
        SELECT {string.Join(", ", Names.Select((name, index) => IsList(index) ? $"{name}::uuid[]" : name))}
        FROM unnest({string.Join(", ", Enumerable.Range(1, Names.Length + 1).Select(n => $"${n}"))})
            WITH ORDINALITY AS event ({string.Join(", ", Names)}, holder, n)
        WHERE (n > ${Names.Length + 2} OR (SELECT go FROM judged)[n])
          AND (holder IS NULL OR (
              SELECT true FROM idempotency AS i
              WHERE i.agent_id = event.agent_id AND i.key_digest = event.key_digest
                AND i.admission_id = event.holder AND i.epoch = event.epoch
                AND (event.kind <> 'settled' OR i.xmin = pg_current_xact_id()::xid)))
        RETURNING id, at
        """;

    /// <param name="events">Those of the flush's admissions first, in the order of the admissions.</param>
    /// <param name="admissions">How many of the events are bound to the verdict on their admission.</param>
    public static NpgsqlBatchCommand Command(IReadOnlyList<BoundEvent> events, int admissions)
    {
        var command = new NpgsqlBatchCommand(Sql);
        for (var index = 0; index < Names.Length; index++)
        {
            AddColumn(command, events, index);
        }

        return command.Column(events, e => e.Holder).Value(admissions);
    }

    private static void AddColumn(NpgsqlBatchCommand command, IReadOnlyList<BoundEvent> events, int index) =>
        _ = AuditEvent.Types[index] switch
        {
            NpgsqlDbType.Text => command.Value(Cells<string?>(events, index)),
            NpgsqlDbType.Uuid => AddValues<Guid>(command, events, index),
            NpgsqlDbType.Integer => AddValues<int>(command, events, index),
            NpgsqlDbType.Smallint => AddValues<short>(command, events, index),
            NpgsqlDbType.Bytea => command.Value(Cells<byte[]?>(events, index)),
            _ when IsList(index) => command.Column(events, e => Literal((Guid[]?)e.Row[index])),
            var type => throw new InvalidOperationException($"The audit has no column of type {type}."),
        };

    // Sent without a null it costs half.
    private static NpgsqlBatchCommand AddValues<T>(NpgsqlBatchCommand command, IReadOnlyList<BoundEvent> events, int index)
        where T : struct
    {
        for (var n = 0; n < events.Count; n++)
        {
            if (events[n].Row[index] is null)
            {
                return command.Value(Cells<T?>(events, index));
            }
        }

        return command.Value(Cells<T>(events, index));
    }

    private static T[] Cells<T>(IReadOnlyList<BoundEvent> events, int index)
    {
        var cells = new T[events.Count];
        for (var n = 0; n < cells.Length; n++)
        {
            cells[n] = (T)events[n].Row[index]!;
        }

        return cells;
    }

    private static bool IsList(int index) => AuditEvent.Types[index] == (NpgsqlDbType.Array | NpgsqlDbType.Uuid);

    // Arrays of arrays must be even; each row's own goes as text.
    private static string? Literal(Guid[]? ids) => ids switch
    {
        null => null,
        [var only] => $"{{{only}}}",
        _ => $"{{{string.Join(',', ids)}}}",
    };
}

/// <summary>
/// A row of the audit, and the admission that must hold the row's key at its epoch for it to be written; null: it is anyway.
/// </summary>
internal readonly record struct BoundEvent(object?[] Row, Guid? Holder)
{
    /// <summary>As its first column says.</summary>
    public Guid Id => (Guid)Row[0]!;
}
