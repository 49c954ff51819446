using System.Reflection;
using AgentGateway.Gateway.Configure;
using Dapper;
using DbUp;
using DbUp.Engine;
using DbUp.Engine.Output;
using Npgsql;

namespace AgentGateway.Gateway.Ledger.Migrations;

/// <summary>Brings the database to this program's schema; safe to run twice or at the same time.</summary>
internal static class Migration
{
    private const int PatienceSeconds = 120;

    // Reviewers read; what tokens are stored as, and what a call answered, is not for them.
    private const string ConsoleRights =
        """
        DO $$
        BEGIN
            IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'console') THEN
                GRANT USAGE ON SCHEMA public TO console;
                GRANT SELECT ON schema_migrations, audit_events, audit_checkpoints, agents, grants, entitlements TO console;
                GRANT SELECT (id, agent_id, prefix, label, created_at, expires_at, revoked_at, last_used_at, superseded_by)
                    ON tokens TO console;
                GRANT SELECT (id, agent_id, project_id, project_key, card_number, goal, plan, done, status, created_at, started_at,
                              reported_at, reports, ended_at, ended_because, outcome)
                    ON work_sessions TO console;
            END IF;
        END
        $$
        """;

    /// <summary>Runs as the owner of the tables, then lets the serving role do what it needs and nothing else.</summary>
    /// <returns>The scripts that were run now.</returns>
    public static async Task<IReadOnlyList<string>> RunAsync(Secret owner, Secret serving, CancellationToken cancel)
    {
        var settings = new NpgsqlConnectionStringBuilder(owner.Reveal()) { Pooling = false, CommandTimeout = PatienceSeconds };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(cancel);
        await connection.ExecuteAsync(
            new CommandDefinition("SELECT pg_advisory_lock(@Key)", new { Key = LockKeys.Migration }, cancellationToken: cancel));

        var result = DeployChanges.To
            .PostgresqlDatabase(settings.ConnectionString)
            .WithScriptsEmbeddedInAssembly(
                Assembly.GetExecutingAssembly(), name => name.EndsWith(".sql", StringComparison.Ordinal))
            .WithVariablesDisabled()
            .WithTransactionPerScript()
            .JournalToPostgresqlTable("public", Schema.Journal)
            .LogTo(new NoUpgradeLog())
            .Build()
            .PerformUpgrade();
        if (!result.Successful)
        {
            throw new MigrationFailedException($"The migration {result.ErrorScript?.Name ?? "journal"} failed.", result.Error);
        }

        await connection.ExecuteAsync(new CommandDefinition("SELECT make_next_audit_partitions()", cancellationToken: cancel));
        var role = new NpgsqlConnectionStringBuilder(serving.Reveal()).Username;
        if (role is not null && role != settings.Username)
        {
            await GrantAsync(connection, role, cancel);
        }

        await connection.ExecuteAsync(new CommandDefinition(ConsoleRights, cancellationToken: cancel));

        return [.. result.Scripts.Select((SqlScript script) => script.Name)];
    }

    private static async Task GrantAsync(NpgsqlConnection connection, string role, CancellationToken cancel)
    {
        // A role's name cannot be a parameter: the server quotes it.
        var quoted = await connection.ExecuteScalarAsync<string>(
            new CommandDefinition("SELECT quote_ident(@role)", new { role }, cancellationToken: cancel));
        await connection.ExecuteAsync(new CommandDefinition(
            $"""
            GRANT USAGE ON SCHEMA public TO {quoted};
            GRANT SELECT ON {Schema.Journal}, schema_floor TO {quoted};
            REVOKE INSERT ON audit_events FROM {quoted};
            GRANT SELECT ON audit_events TO {quoted};
            GRANT INSERT ({AuditEvent.Columns}) ON audit_events TO {quoted};
            GRANT SELECT, INSERT ON audit_checkpoints TO {quoted};
            GRANT EXECUTE ON FUNCTION make_next_audit_partitions() TO {quoted};
            GRANT SELECT, INSERT, UPDATE ON agents, tokens, grants, idempotency, rates, owner_operations,
                entitlements TO {quoted};
            GRANT SELECT, INSERT, UPDATE, DELETE ON pairings, pairing_limits TO {quoted};
            GRANT SELECT, INSERT, UPDATE ON entitlement_checks TO {quoted};
            GRANT DELETE ON owner_operations, idempotency TO {quoted};
            GRANT SELECT, INSERT, UPDATE ON sweeps TO {quoted};
            GRANT SELECT, INSERT, UPDATE, DELETE ON work_sessions, work_session_changes TO {quoted};
            """,
            cancellationToken: cancel));
    }

    /// <summary>Keeps the migrator's own chatter, which may hold statements, out of the output.</summary>
    private sealed class NoUpgradeLog : IUpgradeLog
    {
        public void LogTrace(string format, params object[] args)
        {
        }

        public void LogDebug(string format, params object[] args)
        {
        }

        public void LogInformation(string format, params object[] args)
        {
        }

        public void LogWarning(string format, params object[] args)
        {
        }

        public void LogError(string format, params object[] args)
        {
        }

        public void LogError(Exception ex, string format, params object[] args)
        {
        }
    }
}

/// <summary>A migration script was refused by the database; nothing of that script remains.</summary>
internal sealed class MigrationFailedException(string message, Exception? inner) : Exception(message, inner);
