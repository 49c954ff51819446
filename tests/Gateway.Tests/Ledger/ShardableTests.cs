using System.Reflection;
using System.Text.RegularExpressions;
using AgentGateway.Gateway.Ledger;
using AgentGateway.Gateway.Ledger.Flushes;
using AgentGateway.Gateway.Ledger.Flushes.Statements;
using AgentGateway.Policy;
using Dapper;
using Npgsql;

namespace AgentGateway.Gateway.Tests.Ledger;

/// <summary>
/// The statements of a call, as they reach Postgres, find every row by its agent, so that agents can be spread over several
/// servers; what is not found by agent is named here, with the reason.
/// </summary>
public sealed class ShardableTests
{
    private static readonly RateLimits Limits = new(new Rate(100, 100), new Rate(100, 100), new Rate(100, 100));

    /// <summary>Tables spread by agent: the column that begins their primary key and holds the agent's id.</summary>
    private static readonly Dictionary<string, string> ByAgent = new(StringComparer.Ordinal)
    {
        ["agents"] = "id",
        ["idempotency"] = "agent_id",
        // An owner's bucket stands in it too: the one row of a call that is not its agent's.
        ["rates"] = "id",
    };

    private static readonly Dictionary<string, string> Elsewhere = new(StringComparer.Ordinal)
    {
        ["audit_events"] = "Only appended to, partitioned by time; each server has its own and seals it.",
    };

    [Fact]
    public async Task The_statements_of_a_call_find_every_row_by_its_agent()
    {
        await using var world = await LedgerWorld.CreateAsync();
        var tables = await PrimaryKeysAsync(world);

        var statements = await StatementsAsync(world);

        Assert.Equal([], statements.SelectMany(sql => Violations(sql, tables)).Distinct());
        Assert.NotEmpty(Written());
        Assert.Equal([], Written().Except(statements));
        // A decision about a table that no statement names any more is an old one.
        var named = statements.SelectMany(sql => Uses(sql, tables.Keys)).Select(use => use.Table).Distinct();
        Assert.Equal(ByAgent.Keys.Concat(Elsewhere.Keys).Order(), named.Order());
    }

    [Fact]
    public async Task Primary_keys_of_what_is_spread_begin_with_the_agent()
    {
        await using var world = await LedgerWorld.CreateAsync();
        var keys = await PrimaryKeysAsync(world);
        var unique = await FirstColumnsAsync(world, "i.indisunique");

        Assert.All(ByAgent, pair => Assert.Equal(pair.Value, keys[pair.Key]));
        // A unique index without the agent cannot be held over several servers.
        Assert.Equal([], unique.Where(index => ByAgent.TryGetValue(index.Table, out var agent) && index.Column != agent));
    }

    [Theory]
    [InlineData("SELECT 1 FROM planted WHERE agent_id = $1", "planted: nobody has decided")]
    [InlineData("UPDATE idempotency AS i SET state = 'x' WHERE i.admission_id = $1", "idempotency: not found by i.agent_id")]
    [InlineData("SELECT (SELECT true FROM idempotency WHERE key_digest = $1)", "idempotency: not found by idempotency.agent_id")]
    [InlineData("SELECT 1 FROM agents AS a JOIN unnest($1) AS c(owner) ON a.owner_id = c.owner", "agents: not found by a.id")]
    [InlineData("INSERT INTO idempotency (key_digest, tool) VALUES ($1, $2)", "idempotency: not found by idempotency.agent_id")]
    [InlineData("DELETE FROM rates AS r USING agents AS a WHERE a.id = $1 AND r.kind = $2", "rates: not found by r.id")]
    public async Task A_statement_that_is_not_found_by_agent_is_seen(string sql, string violation)
    {
        await using var world = await LedgerWorld.CreateAsync();
        await world.ExecuteAsync("CREATE TABLE planted (agent_id text, number int, PRIMARY KEY (number, agent_id))");

        var found = Violations(sql, await PrimaryKeysAsync(world)).ToList();

        Assert.Contains(found, text => text.StartsWith(violation, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Violations(string sql, Dictionary<string, string> tables)
    {
        foreach (var (table, alias, inserted) in Uses(sql, tables.Keys))
        {
            if (ByAgent.TryGetValue(table, out var agent))
            {
                if (!(inserted?.Contains(agent) ?? IsFoundBy(sql, alias, agent)))
                {
                    yield return $"{table}: not found by {alias}.{agent}. {sql}";
                }
            }
            else if (!Elsewhere.ContainsKey(table))
            {
                yield return $"{table}: nobody has decided how it is spread. {sql}";
            }
        }
    }

    // Each place that names a table; of an INSERT its columns, else what the table is called there.
    private static IEnumerable<(string Table, string Alias, string[]? Inserted)> Uses(string sql, IEnumerable<string> tables) =>
        from use in Regex.Matches(
            sql,
            @"(?:\b(?:FROM|JOIN|UPDATE|USING)\s+(?<table>\w+)\b(?:\s+AS\s+(?<alias>\w+))?)"
                + @"|(?:,\s*(?<table>\w+)\s+AS\s+(?<alias>\w+))"
                + @"|(?:\bINTO\s+(?<table>\w+)\s*\((?<columns>[^)]*)\))")
        let table = use.Groups["table"].Value
        where tables.Contains(table)
        select (
            table,
            use.Groups["alias"].Success ? use.Groups["alias"].Value : table,
            use.Groups["columns"].Success ? use.Groups["columns"].Value.Split(',', StringSplitOptions.TrimEntries) : null);

    // As often as a table is called by this name, it is compared with something else.
    private static bool IsFoundBy(string sql, string alias, string column) =>
        Regex.Count(sql, $@"(?<![\w.]){alias}\.{column}\s*=\s*(\$\d|(?!{alias}\.)\w+\.\w+)")
            >= Math.Max(1, Regex.Count(sql, $@"\bAS\s+{alias}\b(?!\()"));

    /// <summary>What the server was really sent, as it prepared it: a claim, its release, and the attempt that follows.</summary>
    private static async Task<IReadOnlyList<string>> StatementsAsync(LedgerWorld world)
    {
        await using var connection = new NpgsqlConnection(world.ConnectionString);
        await connection.OpenAsync();
        var request = await world.RequestAsync(key: "key-00000001");
        var now = TimeProvider.System.GetTimestamp();
        var first = new PendingAdmission(request, now);
        var admitted = Assert.IsType<Admission.Admitted>(await FlushAsync(connection, first));
        var released = LedgerWorld.Done() with { Kind = OutcomeKind.Released, Reason = Reasons.LedgerUnavailable };
        var settlement = new PendingSettlement(admitted, released, now);
        await new Flush(new Work([], [settlement], []), Limits).RunAsync(connection, prepare: true);
        var second = new PendingAdmission(request, now);
        Assert.Null(await FlushAsync(connection, second));
        Assert.IsType<Admission.Admitted>(await FlushAsync(connection, second));
        return [.. await connection.QueryAsync<string>("SELECT statement FROM pg_prepared_statements")];
    }

    private static async Task<Admission?> FlushAsync(NpgsqlConnection connection, PendingAdmission call)
    {
        var flush = new Flush(new Work([call], [], []), Limits);
        await flush.RunAsync(connection, prepare: true);
        return call.Conclude(flush.Verdicts[0], TimeProvider.System.GetTimestamp());
    }

    /// <summary>Every SQL text that stands in the folder of the statements, sent or not.</summary>
    private static IReadOnlyList<string> Written() =>
    [
        .. from type in typeof(Flush).Assembly.GetTypes()
           where type.Namespace == typeof(EventInsert).Namespace
           from field in type.GetFields(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)
           where field.FieldType == typeof(string) && field.Name.EndsWith("Sql", StringComparison.Ordinal)
           select (string)field.GetValue(null)!,
    ];

    private static async Task<Dictionary<string, string>> PrimaryKeysAsync(LedgerWorld world) =>
        (await FirstColumnsAsync(world, "i.indisprimary")).ToDictionary(key => key.Table, key => key.Column);

    private static async Task<List<(string Table, string Column)>> FirstColumnsAsync(LedgerWorld world, string which)
    {
        await using var connection = new NpgsqlConnection(world.ConnectionString);
        return (await connection.QueryAsync<(string, string)>(
            $"""
            SELECT c.relname::text, a.attname::text
            FROM pg_index AS i
            JOIN pg_class AS c ON c.oid = i.indrelid
            JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
            WHERE {which} AND c.relnamespace = 'public'::regnamespace AND NOT c.relispartition
            """)).ToList();
    }
}
