using System.Diagnostics;
using System.Security.Cryptography;
using AgentGateway.Gateway.Configure;
using AgentGateway.Gateway.Ledger;
using AgentGateway.Gateway.Ledger.Migrations;
using AgentGateway.Gateway.Ledger.Sealing.Keeping;
using AgentGateway.Support;
using Npgsql;

namespace AgentGateway.Gateway.Tests.Audit;

/// <summary>The roles of docker/postgres/roles.sql, made by that very file: what each may not do to the audit.</summary>
public sealed class RoleTests : IAsyncLifetime
{
    private static readonly string[] Rewriting =
    [
        "UPDATE audit_events SET decision = 'deny'", "DELETE FROM audit_events", "TRUNCATE audit_events",
        "ALTER TABLE audit_events DISABLE TRIGGER ALL", "DROP TABLE audit_events", "ALTER TABLE audit_events ADD COLUMN x int",
        "ALTER TABLE audit_events DETACH PARTITION audit_events_{0}", "UPDATE audit_events_{0} SET decision = 'deny'",
        "DELETE FROM audit_events_{0}", "TRUNCATE audit_events_{0}", "DROP TABLE audit_events_{0}",
        "INSERT INTO audit_events_{0} (sequence, id, kind, decision) VALUES (1, gen_random_uuid(), 'refused', 'deny')",
        "INSERT INTO audit_events (id, kind, decision, tx) VALUES (gen_random_uuid(), 'refused', 'deny', '3'::xid8)",
        "INSERT INTO audit_events (id, kind, decision, at) VALUES (gen_random_uuid(), 'refused', 'deny', now())",
        "INSERT INTO audit_events (sequence, id, kind, decision) OVERRIDING SYSTEM VALUE VALUES (1, gen_random_uuid(), 'refused', 'd')",
        "UPDATE audit_checkpoints SET unproven = 0", "DELETE FROM audit_checkpoints", "TRUNCATE audit_checkpoints",
        "DROP TABLE audit_checkpoints", "ALTER TABLE audit_checkpoints DISABLE TRIGGER ALL",
        "SET session_replication_role = replica", "SELECT make_audit_partition(now())", "DROP FUNCTION refuse_rewriting() CASCADE",
        "CREATE TABLE mine (n int)",
    ];

    private readonly Dictionary<string, string> _passwords = new[] { "gateway_owner", "gateway", "console", "tasker", "launcher" }
        .ToDictionary(role => role, _ => RandomNumberGenerator.GetHexString(32));

    private PostgresCluster? _cluster;

    public async Task InitializeAsync()
    {
        _cluster = await PostgresCluster.StartNewAsync(fsync: false);
        var folder = Directory.CreateTempSubdirectory("roles-").FullName;
        foreach (var (role, password) in _passwords)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, role), password);
        }

        var start = new ProcessStartInfo(
            Path.Combine(PostgresBinaries.Directory, "psql"),
            [
                "-X", "-q", "-h", "127.0.0.1", "-p", $"{_cluster.Port}", "-U", "postgres", "-d", "postgres",
                "-f", Repository.At("docker", "postgres", "roles.sql"),
            ])
        {
            RedirectStandardError = true,
        };
        start.Environment["ROLES_FOLDER"] = folder;
        using var psql = Process.Start(start)!;
        var errors = await psql.StandardError.ReadToEndAsync();
        await psql.WaitForExitAsync();
        Directory.Delete(folder, recursive: true);
        Assert.True(psql.ExitCode == 0, errors);
        await Migration.RunAsync(As("gateway_owner"), As("gateway"), CancellationToken.None);
    }

    public async Task DisposeAsync() => await (_cluster?.DisposeAsync() ?? ValueTask.CompletedTask);

    [Fact]
    public async Task Neither_the_gateway_nor_the_console_can_rewrite_the_audit()
    {
        foreach (var role in (string[])["gateway", "console"])
        {
            await using var database = NpgsqlDataSource.Create(As(role).Reveal());
            foreach (var statement in Rewriting)
            {
                var refused = await RefusedAsync(database, Named(statement));
                Assert.True(
                    refused is PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.ReadOnlySqlTransaction,
                    $"{role}: {statement}: {refused ?? "was allowed"}");
            }
        }
    }

    [Fact]
    public async Task The_console_reads_and_writes_nothing_even_when_it_asks_to_write()
    {
        await using var database = NpgsqlDataSource.Create($"{As("console").Reveal()};Options=-c default_transaction_read_only=off");

        foreach (var statement in (string[])
            [
                "INSERT INTO audit_events (id, kind, decision) VALUES (gen_random_uuid(), 'refused', 'deny')",
                "INSERT INTO audit_checkpoints SELECT * FROM audit_checkpoints", "UPDATE agents SET name = 'x'",
                "SELECT make_next_audit_partitions()", "SELECT digest FROM tokens", "SELECT result FROM idempotency",
            ])
        {
            Assert.Equal(
                PostgresErrorCodes.InsufficientPrivilege,
                await RefusedAsync(database, statement));
        }

        Assert.Null(await RefusedAsync(database, "SELECT count(*) FROM audit_events, audit_checkpoints, agents, grants"));
        Assert.Null(await RefusedAsync(database, "SELECT prefix FROM tokens"));
    }

    [Fact]
    public async Task The_gateway_writes_events_and_seals_and_makes_the_next_partitions_and_no_others()
    {
        await using var database = LedgerDatabase.Open(As("gateway"));
        using var keeper = new PartitionKeeper(
            database, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<PartitionKeeper>.Instance);
        await using (var owner = NpgsqlDataSource.Create(As("gateway_owner").Reveal()))
        {
            Assert.Null(await RefusedAsync(owner, Named(
                "ALTER TABLE audit_events DETACH PARTITION audit_events_{0}; DROP TABLE audit_events_{0}")));
        }

        Assert.Equal([Named("audit_events_{0}")], await keeper.MakeAsync(CancellationToken.None));
        Assert.Empty(await keeper.MakeAsync(CancellationToken.None));
        Assert.True(keeper.Current);
        await using var insert = database.CreateCommand(AuditEvent.Insert);
        new AuditEvent { Kind = "refused", Decision = "deny" }.AddTo(insert.Parameters);
        Assert.Equal(1, await insert.ExecuteNonQueryAsync());
    }

    [Fact]
    public async Task Even_the_owner_meets_the_triggers()
    {
        await using var database = NpgsqlDataSource.Create(As("gateway_owner").Reveal());
        await using (var insert = database.CreateCommand(AuditEvent.Insert))
        {
            new AuditEvent { Kind = "refused", Decision = "deny" }.AddTo(insert.Parameters);
            await insert.ExecuteNonQueryAsync();
        }

        foreach (var statement in (string[])
            [
                "UPDATE audit_events SET decision = 'allow'", "DELETE FROM audit_events", "TRUNCATE audit_events",
                "DELETE FROM audit_events_{0}", "TRUNCATE audit_events_{0}", "TRUNCATE audit_checkpoints",
            ])
        {
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, await RefusedAsync(database, Named(statement)));
        }
    }

    private static string Named(string statement) => statement.Replace(
        "{0}", $"{TimeProvider.System.GetUtcNow():yyyy_MM}", StringComparison.Ordinal);

    private static async Task<string?> RefusedAsync(NpgsqlDataSource database, string statement)
    {
        try
        {
            await using var command = database.CreateCommand(statement);
            await command.ExecuteNonQueryAsync();
            return null;
        }
        catch (PostgresException refused)
        {
            return refused.SqlState;
        }
    }

    private Secret As(string role) => Secret.Of(new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = _cluster!.Port,
        Database = "gateway",
        Username = role,
        Password = _passwords[role],
    }.ConnectionString);
}
