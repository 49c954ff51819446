using System.Diagnostics;
using AgentGateway.Gateway.Ledger.Sealing;
using AgentGateway.Gateway.Ledger.Sealing.Keeping;
using AgentGateway.Gateway.Ledger.Sealing.Verifying;
using AgentGateway.Support;
using Dapper;
using Npgsql;

namespace AgentGateway.Gateway.Tests.Audit;

/// <summary>What docs/OPERATIONS.md says of backup and restore, done: the audit holds in another cluster and goes on there.</summary>
public sealed class BackupTests
{
    [Fact]
    public async Task A_dump_restored_into_a_new_cluster_verifies_and_is_sealed_on_once_its_numbers_are_ahead()
    {
        await using var world = await AuditWorld.CreateAsync();
        await world.TamperAsync("DO $$ BEGIN FOR used IN 1..50000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$");
        await world.WriteAsync(300);
        await world.SealAsync();
        await using var cluster = await PostgresCluster.StartNewAsync(fsync: false);
        await using var restored = NpgsqlDataSource.Create(await cluster.CreateDatabaseAsync());
        await DumpAndRestoreAsync(world.Ledger.ConnectionString, restored.ConnectionString);

        Assert.Equal([], (await VerifyAsync(world, restored)).Findings);
        var refused = await Assert.ThrowsAsync<SealRefusedException>(() => LoadAsync(world, restored));
        Assert.Contains("a dump was restored into a new cluster", refused.Message, StringComparison.Ordinal);

        await ExecuteAsync(restored, Documented("advance-transactions"));
        await ExecuteAsync(restored, "INSERT INTO audit_events (id, kind, decision) VALUES (gen_random_uuid(), 'lifecycle', 'restored')");
        var sealedOn = await SealAsync(world, restored);

        Assert.Equal(world.Exported()[^1].TreeSize + 1, sealedOn.TreeSize);
        Assert.Equal([], (await VerifyAsync(world, restored)).Findings);
    }

    [Fact]
    public async Task A_base_backup_verifies_and_is_sealed_on_at_once()
    {
        await using var cluster = await PostgresCluster.StartNewAsync(fsync: false);
        await using var world = await AuditWorld.CreateOnAsync(cluster);
        await world.WriteAsync(300);
        await world.SealAsync();
        await using var copy = await cluster.CopyAsync();
        var there = new NpgsqlConnectionStringBuilder(world.Ledger.ConnectionString) { Port = copy.Port };
        await using var restored = NpgsqlDataSource.Create(there);

        await ExecuteAsync(restored, "INSERT INTO audit_events (id, kind, decision) VALUES (gen_random_uuid(), 'lifecycle', 'restored')");
        var sealedOn = await SealAsync(world, restored);

        Assert.Equal(world.Exported()[^1].TreeSize + 1, sealedOn.TreeSize);
        Assert.Equal([], (await VerifyAsync(world, restored)).Findings);
    }

    private static Task<VerifyReport> VerifyAsync(AuditWorld world, NpgsqlDataSource database) => AuditVerifier.RunAsync(
        database,
        new VerifyRequest { PublicKeys = [CheckpointKey.FromPem(world.Key.PublicPem())], AuditKeys = [], Exported = world.Exported() },
        CancellationToken.None);

    private static async Task<SealChain> LoadAsync(AuditWorld world, NpgsqlDataSource database)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await SealChain.LoadAsync(connection, world.Key, TimeProvider.System, CancellationToken.None);
    }

    private static async Task<Checkpoint> SealAsync(AuditWorld world, NpgsqlDataSource database)
    {
        Checkpoint? made = null;
        await Eventually.TrueAsync(async () =>
        {
            await using var connection = await database.OpenConnectionAsync();
            var chain = await SealChain.LoadAsync(connection, world.Key, TimeProvider.System, CancellationToken.None);
            made = await chain.SealAsync(connection, CancellationToken.None);
            return made is not null;
        });
        return made!;
    }

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql)
    {
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync(sql);
    }

    private static string Documented(string name)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "docs/OPERATIONS.md"));
        var after = text[text.IndexOf($"<!-- {name} -->", StringComparison.Ordinal)..];
        return after.Split("```")[1]["sql\n".Length..];
    }

    private static async Task DumpAndRestoreAsync(string from, string to)
    {
        var file = Path.Combine(Path.GetTempPath(), $"agw-{Guid.CreateVersion7():N}.dump");
        try
        {
            await RunAsync("pg_dump", ["-Fc", "-f", file, "-d", Address(from)]);
            await RunAsync("pg_restore", ["--no-owner", "-d", Address(to), file]);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string Address(string connectionString)
    {
        var parts = new NpgsqlConnectionStringBuilder(connectionString);
        return $"postgresql://{parts.Username}@{parts.Host}:{parts.Port}/{parts.Database}";
    }

    private static async Task RunAsync(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Path.Combine(PostgresBinaries.Directory, program), arguments)
        {
            RedirectStandardError = true,
        })!;
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, errors);
    }
}
