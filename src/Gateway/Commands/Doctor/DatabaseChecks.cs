using System.Runtime.CompilerServices;
using AgentGateway.Gateway.Ledger.Migrations;
using Dapper;
using Npgsql;

namespace AgentGateway.Gateway.Commands.Doctor;

/// <summary>The database: there, of the right schema, with rights that keep the audit, durable, and of the same time.</summary>
internal sealed class DatabaseChecks(NpgsqlDataSource database, TimeProvider clock)
{
    private const string Migrate = "Run gateway migrate with NODEDC_AGENT_GATEWAY_MIGRATION_DATABASE set.";

    private static readonly TimeSpan Noticed = TimeSpan.FromSeconds(1);

    // A call is refused by Tasker 10 s after the database's time.
    private static readonly TimeSpan TooFar = TimeSpan.FromSeconds(5);

    public async IAsyncEnumerable<Finding> RunAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        var (found, lost) = await SchemaAsync(cancel);
        if (found is not { Version: var version })
        {
            yield return Finding.Fail("database", lost!, "Start Postgres, and check NODEDC_AGENT_GATEWAY_DATABASE.");
            yield break;
        }

        yield return found.Serves
            ? Finding.Ok("database", $"Postgres answers; its schema is {version}.")
            : Finding.Fail(
                "database", $"The schema is {version}, this program needs {Schema.Expected}.",
                version < Schema.Expected ? Migrate : "Start a newer gateway: this schema left the old ones behind.");
        await using var connection = await database.OpenConnectionAsync(cancel);
        if (version > 0)
        {
            yield return await RightsAsync(connection, cancel);
            yield return await ExpiriesAsync(connection, cancel);
        }

        yield return await DurabilityAsync(connection, cancel);
        yield return await ClockAsync(connection, cancel);
    }

    private async Task<(FoundSchema? Found, string? Lost)> SchemaAsync(CancellationToken cancel)
    {
        try
        {
            return (await Schema.FoundAsync(database, cancel), null);
        }
        catch (PostgresException refused)
        {
            return (null, $"Postgres refused ({refused.SqlState}).");
        }
        catch (Exception away) when (away is NpgsqlException or TimeoutException)
        {
            return (null, "Postgres cannot be reached.");
        }
    }

    private static async Task<Finding> RightsAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        // The parts of a partitioned table have rights of their own.
        var rights = await connection.QuerySingleAsync<Rights>(new CommandDefinition(
            """
            SELECT bool_or(has_table_privilege(c.oid, 'UPDATE') OR has_any_column_privilege(c.oid, 'UPDATE')
                           OR has_table_privilege(c.oid, 'DELETE') OR has_table_privilege(c.oid, 'TRUNCATE')) AS canchange,
                   bool_or(pg_has_role(c.relowner, 'MEMBER')) AS owns,
                   bool_or(c.oid = 'audit_events'::regclass AND has_any_column_privilege(c.oid, 'INSERT')
                           AND has_table_privilege('agents', 'SELECT')) AS canwork
            FROM pg_class AS c
            WHERE c.oid IN ('audit_events'::regclass, to_regclass('audit_checkpoints'))
               OR c.oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = 'audit_events'::regclass)
            """,
            cancellationToken: cancel));
        return rights switch
        {
            { CanWork: false } => Finding.Fail("role", "The serving role may not write the audit or read the agents.", Migrate),
            { CanChange: true } or { Owns: true } => Finding.Fail(
                "role", "The serving role can change or delete audit events.",
                "Serve as a role that owns nothing; docker/postgres/roles.sql makes one."),
            _ => Finding.Ok("role", "The serving role can only add to the audit."),
        };
    }

    private static async Task<Finding> DurabilityAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var off = (await connection.QueryAsync<string>(new CommandDefinition(
            """
            SELECT name FROM pg_settings
            WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') AND setting = 'off' ORDER BY name
            """,
            cancellationToken: cancel))).ToList();
        return off.Count == 0
            ? Finding.Ok("durability", "What Postgres has committed it keeps.")
            : Finding.Fail(
                "durability", $"Postgres may lose what it has committed: {string.Join(", ", off)} off.", "Set it to on in postgresql.conf.");
    }

    private static async Task<Finding> ExpiriesAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var soon = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            """
            SELECT count(*) FROM tokens AS t JOIN agents AS a ON a.id = t.agent_id
            WHERE a.status <> 'revoked' AND t.revoked_at IS NULL AND t.superseded_by IS NULL
              AND t.expires_at BETWEEN clock_timestamp() AND clock_timestamp() + interval '14 days'
            """,
            cancellationToken: cancel));
        return soon == 0
            ? Finding.Ok("expiries", "No agent token expires within 14 days.")
            : Finding.Warn("expiries", $"{soon} agent token(s) expire within 14 days.", "Tell their owners to rotate them.");
    }

    private async Task<Finding> ClockAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var before = clock.GetUtcNow();
        var theirs = await connection.ExecuteScalarAsync<DateTime>(new CommandDefinition("SELECT clock_timestamp()", cancellationToken: cancel));
        var after = clock.GetUtcNow();
        var apart = (new DateTimeOffset(theirs, TimeSpan.Zero) - (before + ((after - before) / 2))).Duration();
        const string Remedy = "Let both machines follow the same time server.";
        var detail = $"The database's clock and this machine's are {apart.TotalSeconds:0.0} s apart.";
        return apart > TooFar ? Finding.Fail("clock", detail, Remedy)
            : apart > Noticed ? Finding.Warn("clock", detail, Remedy)
            : Finding.Ok("clock", detail);
    }

    private sealed record Rights
    {
        public bool CanChange { get; init; }

        public bool Owns { get; init; }

        public bool CanWork { get; init; }
    }
}
