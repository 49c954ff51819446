using System.Security.Cryptography;
using System.Text;
using AgentGateway.Gateway.Ledger;
using AgentGateway.Gateway.Ledger.Sealing;

namespace AgentGateway.Gateway.Tests.Audit;

/// <summary>Numbers that are the same for the same seed.</summary>
internal sealed class Dice(string seed)
{
    private int _throws;

    public int Below(int limit) => (int)(BitConverter.ToUInt32(
        SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}/{_throws++}"))) % (uint)limit);
}

/// <summary>One way to falsify the audit, as a superuser would; it answers what was done, and the exported lines to verify with.</summary>
internal sealed record Tampering(string Kind, Func<AuditWorld, Dice, Task<Checkpoint[]>> DoAsync)
{
    private static readonly string[] SealColumns =
    [
        "origin", "at", "tree_size", "root", "previous", "first_tx", "first_sequence", "last_tx", "last_sequence", "unproven",
        "key_id", "signature", "frontier", "leaves", "sequences",
    ];

    public static IEnumerable<string> RowColumns =>
        SealedRow.Columns.Split([',', ' ', '\n'], StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Every single column of a row and of a checkpoint, and every other kind.</summary>
    public static IReadOnlyList<Tampering> All { get; } =
    [
        .. RowColumns.Select(column => Sql($"edit {column}", (rows, dice) => $"""
            UPDATE audit_events SET {column} = {Other(column)} WHERE sequence = {rows[dice.Below(rows.Length)]}
            """)),
        .. SealColumns.Select(column => Sql($"edit checkpoint {column}", (_, dice) => $"""
            UPDATE audit_checkpoints SET {column} = {Other(column)}
            WHERE number = (SELECT 1 + {dice.Below(1000)} % max(number) FROM audit_checkpoints)
            """)),
        Sql("delete row", (rows, dice) => $"DELETE FROM audit_events WHERE sequence = {rows[dice.Below(rows.Length)]}"),
        Sql("delete rows", (rows, dice) => $"""
            DELETE FROM audit_events WHERE sequence BETWEEN {rows[dice.Below(rows.Length / 2)]} AND {rows[rows.Length / 2]}
            """),
        Sql("cut tail", (_, dice) => $"""
            WITH kept AS (
                SELECT number, last_tx, last_sequence FROM audit_checkpoints
                WHERE number = (SELECT 1 + {dice.Below(1000)} % (max(number) - 1) FROM audit_checkpoints)
            ), seals AS (
                DELETE FROM audit_checkpoints USING kept WHERE audit_checkpoints.number > kept.number
            )
            DELETE FROM audit_events USING kept WHERE (tx, sequence) > (last_tx, last_sequence)
            """),
        Sql("swap two rows", (rows, dice) => Swap(rows, dice, "decision, tool, cause, thread_id, mac")),
        Sql("reorder two rows", (rows, dice) => Swap(rows, dice, "id, admission_id, request_id, thread_id, card, mac, at")),
        Sql("forge a row", (rows, dice) => Copy(rows, dice, "decision = 'deny'")),
        Sql("repeat a row", (rows, dice) => Copy(rows, dice, "count = count")),
        Sql("swap months", (_, _) => """
            UPDATE audit_events SET at = CASE
                WHEN at < date_trunc('month', clock_timestamp(), 'UTC') THEN at + interval '1 month'
                ELSE at - interval '1 month' END
            """),
        Sql("lose a checkpoint", (_, dice) => $"""
            DELETE FROM audit_checkpoints WHERE number = (SELECT 1 + {dice.Below(1000)} % (max(number) - 1) FROM audit_checkpoints)
            """),
        Sql("replay a checkpoint", (_, _) => """
            UPDATE audit_checkpoints AS new SET root = old.root, tree_size = old.tree_size, signature = old.signature,
                previous = old.previous, leaves = old.leaves, sequences = old.sequences, frontier = old.frontier
            FROM audit_checkpoints AS old
            WHERE old.number = 1 AND new.number = (SELECT max(number) FROM audit_checkpoints)
            """),
        new("replay an exported checkpoint", (world, dice) =>
        {
            var exported = world.Exported();
            return Task.FromResult<Checkpoint[]>([.. exported, exported[dice.Below(exported.Length)]]);
        }),
        new("lose an exported checkpoint", (world, dice) =>
        {
            var lost = 1 + dice.Below(world.Exported().Length - 2);
            return Task.FromResult<Checkpoint[]>([.. world.Exported().Where((_, index) => index != lost)]);
        }),
        new("sign with another key", SignAgainAsync),
        new("roll back and go on", RollBackAsync),
    ];

    private static Tampering Sql(string kind, Func<long[], Dice, string> sql) => new(kind, async (world, dice) =>
    {
        var exported = world.Exported();
        var changed = await world.TamperAsync(sql(world.Sequences, dice));
        Assert.True(changed > 0, $"{kind} changed nothing.");
        return exported;
    });

    /// <summary>An attacker who owns the database but not the key: changes a row and seals everything anew.</summary>
    private static async Task<Checkpoint[]> SignAgainAsync(AuditWorld world, Dice dice)
    {
        await world.TamperAsync($"UPDATE audit_events SET decision = 'deny' WHERE sequence = {world.Sequences[dice.Below(100)]}");
        await world.TamperAsync("DELETE FROM audit_checkpoints");
        using var other = CheckpointKey.Create();
        await world.SealAgainAsync(other);
        return [];
    }

    /// <summary>An old copy is restored and, by somebody who has the key but not the file, sealed on.</summary>
    private static async Task<Checkpoint[]> RollBackAsync(AuditWorld world, Dice dice)
    {
        var exported = world.Exported();
        await world.TamperAsync("""
            DELETE FROM audit_checkpoints WHERE number > 1;
            DELETE FROM audit_events WHERE (tx, sequence) > (SELECT last_tx, last_sequence FROM audit_checkpoints)
            """);
        await world.WriteAsync(1 + dice.Below(20));
        await world.SealAgainAsync(world.Key);
        return exported;
    }

    private static string Swap(long[] rows, Dice dice, string columns)
    {
        var one = rows[dice.Below(rows.Length / 2)];
        var other = rows[(rows.Length / 2) + dice.Below(rows.Length / 2)];
        var from = string.Join(", ", columns.Split(", ").Select(column => $"b.{column}"));
        return $"""
            UPDATE audit_events AS a SET ({columns}) = (SELECT {from} FROM audit_events AS b
                WHERE b.sequence = CASE WHEN a.sequence = {one} THEN {other} ELSE {one} END)
            WHERE a.sequence IN ({one}, {other})
            """;
    }

    private static string Copy(long[] rows, Dice dice, string change)
    {
        var columns = AuditEvent.Columns.Replace("\n", " ", StringComparison.Ordinal);
        var row = rows[dice.Below(rows.Length)];
        return $"""
            WITH copy AS (SELECT {columns}, at, tx FROM audit_events WHERE sequence = {row})
            INSERT INTO audit_events ({columns}, at, tx)
            SELECT {Changed(columns, change)}, at, tx FROM copy
            """;
    }

    private static string Changed(string columns, string change)
    {
        var (column, value) = (change.Split(" = ")[0], change.Split(" = ")[1]);
        return string.Join(", ", columns.Split(',', StringSplitOptions.TrimEntries).Select(name => name == column ? value : name));
    }

    /// <summary>A value of the column's type that is not the one that is there.</summary>
    private static string Other(string column) => column switch
    {
        "id" or "admission_id" or "request_id" or "token_id" or "origin" => "gen_random_uuid()",
        "project_ids" => "array_append(project_ids, gen_random_uuid())",
        "key_digest" or "argument_digest" or "mac" or "root" or "previous" or "signature" or "frontier" or "leaves" =>
            $"set_byte({column}, 3, get_byte({column}, 3) # 1)",
        "kind" => "CASE kind WHEN 'refused' THEN 'replayed' ELSE 'refused' END",
        "upstream_status" or "duration_ms" or "count" or "epoch" or "mac_key" or "unproven" or "tree_size" =>
            $"(coalesce({column}, 0) + 1)::{(column == "mac_key" ? "smallint" : column == "tree_size" ? "bigint" : "int")}",
        "sequence" or "first_sequence" or "last_sequence" => $"{column} + 10000000",
        "sequences" => "sequences[2:] || sequences[1]",
        "at" => "at + interval '1 microsecond'",
        "tx" or "first_tx" or "last_tx" => $"(({column}::text)::bigint + 3)::text::xid8",
        _ => $"CASE WHEN {column} IS NULL THEN 'x' ELSE NULLIF({column}, '') || 'x' END",
    };
}
