using Npgsql;

namespace AgentGateway.Gateway.Ledger.Flushes.Statements;

/// <summary>One statement over many rows: each column is one array parameter, in the order of the statement's <c>$n</c>.</summary>
internal static class Columns
{
    public static NpgsqlBatchCommand Column<TRow, T>(this NpgsqlBatchCommand command, IReadOnlyList<TRow> rows, Func<TRow, T> of)
    {
        var values = new T[rows.Count];
        for (var n = 0; n < values.Length; n++)
        {
            values[n] = of(rows[n]);
        }

        return command.Value(values);
    }

    public static NpgsqlBatchCommand Value<T>(this NpgsqlBatchCommand command, T value)
    {
        command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
        return command;
    }
}
