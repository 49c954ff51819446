using System.Security.Cryptography;
using AgentGateway.Gateway.Configure;
using AgentGateway.Gateway.Ledger;
using AgentGateway.Gateway.Ledger.Sealing;
using AgentGateway.Gateway.Ledger.Sealing.Keeping;
using AgentGateway.Gateway.Ledger.Sealing.Verifying;
using AgentGateway.Gateway.Tests.Ledger;
using AgentGateway.Support;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace AgentGateway.Gateway.Tests.Audit;

/// <summary>An audit of the test's own with its keys, its exported checkpoints and a superuser who stops at nothing.</summary>
internal sealed class AuditWorld : IAsyncDisposable
{
    private readonly LedgerWorld _ledger;
    private readonly NpgsqlDataSource _reader;
    private readonly LeafHash _leaf;

    private AuditWorld(LedgerWorld ledger, LeafHash leaf)
    {
        _ledger = ledger;
        _leaf = leaf;
        _reader = NpgsqlDataSource.Create(ledger.ConnectionString);
        File = Path.Combine(Path.GetTempPath(), $"checkpoints-{Guid.CreateVersion7():N}.ndjson");
        Sealer = new Sealer(ledger.Database, Key, new CheckpointFile(File), State, TimeProvider.System, NullLogger<Sealer>.Instance);
    }

    public CheckpointKey Key { get; } = CheckpointKey.Create();

    public RowMac Mac { get; } = RowMac.Of(Secret.Of(RandomNumberGenerator.GetHexString(64)));

    public SealingState State { get; } = new();

    public string File { get; }

    /// <summary>The numbers of all rows, in the order of sealing.</summary>
    public long[] Sequences { get; private set; } = [];

    public Sealer Sealer { get; }

    public LedgerWorld Ledger => _ledger;

    /// <summary>Without a row: the world's agent and its token are rows of their own otherwise.</summary>
    public static async Task<AuditWorld> CreateAsync(LeafHash? leaf = null) =>
        await EmptyAsync(new AuditWorld(await LedgerWorld.CreateAsync(), leaf ?? SealedRow.Leaf));

    /// <summary>As above, on a cluster of the test's own.</summary>
    public static async Task<AuditWorld> CreateOnAsync(PostgresCluster cluster) =>
        await EmptyAsync(new AuditWorld(await LedgerWorld.CreateOnAsync(cluster), SealedRow.Leaf));

    /// <summary>Adds honest rows, a few per transaction, half of them in the month before this one.</summary>
    public async Task WriteAsync(int rows, int perTransaction = 25, RowMac? mac = null)
    {
        await using var connection = await _reader.OpenConnectionAsync();
        await connection.ExecuteAsync("SELECT make_audit_partition(clock_timestamp() - interval '1 month')");
        var authority = await _ledger.AuthorityAsync();
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        for (var written = 0; written < rows; written += perTransaction)
        {
            await using var copy = await connection.BeginBinaryImportAsync(
                $"COPY audit_events ({AuditEvent.Columns}, at) FROM STDIN (FORMAT binary)");
            for (var index = written; index < Math.Min(rows, written + perTransaction); index++)
            {
                await HonestRows.WriteAsync(copy, HonestRows.Event(authority, index).ToRow(mac ?? Mac), now.AddMonths(index < rows / 2 ? -1 : 0));
            }

            await copy.CompleteAsync();
        }
    }

    /// <summary>Seals all there is, as the leader does; other tests' transactions in the same cluster may hold it back.</summary>
    public async Task<Checkpoint?> SealAsync()
    {
        Checkpoint? last = null;
        await Eventually.TrueAsync(async () =>
        {
            last = await SealOnceAsync();
            return await ValueAsync<bool>(
                """
                SELECT NOT EXISTS (SELECT FROM audit_events WHERE (tx, sequence) > coalesce(
                    (SELECT (last_tx, last_sequence) FROM audit_checkpoints ORDER BY number DESC LIMIT 1), ('0'::xid8, 0::bigint)))
                """);
        });
        return last;
    }

    public async Task<Checkpoint?> SealOnceAsync()
    {
        await using var connection = await _reader.OpenConnectionAsync();
        var chain = await SealChain.LoadAsync(connection, Key, TimeProvider.System, CancellationToken.None, _leaf);
        await Sealer.ExportAsync(connection, chain, CancellationToken.None);
        await Sealer.CatchUpAsync(connection, chain, CancellationToken.None);
        return chain.Last;
    }

    /// <summary>Seals with any key and without looking at the file.</summary>
    public async Task SealAgainAsync(CheckpointKey key) => await Eventually.TrueAsync(async () =>
    {
        await using var connection = await _reader.OpenConnectionAsync();
        var chain = await SealChain.LoadAsync(connection, key, TimeProvider.System, CancellationToken.None, _leaf);
        while (await chain.SealAsync(connection, CancellationToken.None) is not null)
        {
        }

        return await ValueAsync<long>("SELECT count(*) FROM audit_events") == chain.Last?.TreeSize;
    });

    /// <summary>Remembers everything as it is, to come back to it.</summary>
    public async Task RememberAsync()
    {
        await TamperAsync(
            """
            CREATE TABLE kept_events AS SELECT * FROM audit_events;
            CREATE TABLE kept_checkpoints AS SELECT * FROM audit_checkpoints;
            ALTER TABLE audit_events ALTER COLUMN sequence SET GENERATED BY DEFAULT
            """);
        await using var connection = await _reader.OpenConnectionAsync();
        Sequences = [.. await connection.QueryAsync<long>("SELECT sequence FROM audit_events ORDER BY tx, sequence")];
    }

    public Task ComeBackAsync() => TamperAsync(
        """
        TRUNCATE audit_events, audit_checkpoints;
        INSERT INTO audit_events OVERRIDING SYSTEM VALUE SELECT * FROM kept_events;
        INSERT INTO audit_checkpoints SELECT * FROM kept_checkpoints
        """);

    public Checkpoint[] Exported() =>
        [.. System.IO.File.ReadLines(File).Select(line => Checkpoint.Parse(line) ?? throw new InvalidDataException(line))];

    public Task<VerifyReport> VerifyAsync(bool withMacs = false, IReadOnlyList<Checkpoint>? exported = null) =>
        VerifyAsync(new VerifyRequest
        {
            PublicKeys = [CheckpointKey.FromPem(Key.PublicPem())],
            AuditKeys = withMacs ? [Mac] : [],
            Exported = exported ?? Exported(),
            Leaf = _leaf,
        });

    public Task<VerifyReport> VerifyAsync(VerifyRequest request) =>
        AuditVerifier.RunAsync(_reader, request, CancellationToken.None);

    private static async Task<AuditWorld> EmptyAsync(AuditWorld world)
    {
        await world.TamperAsync("TRUNCATE audit_events");
        return world;
    }

    /// <summary>As a superuser for whom no trigger fires.</summary>
    public async Task<int> TamperAsync(string sql, object? parameters = null)
    {
        await using var connection = await _reader.OpenConnectionAsync();
        await connection.ExecuteAsync("SET session_replication_role = replica");
        var changed = await connection.ExecuteAsync(sql, parameters);
        await connection.ExecuteAsync("RESET session_replication_role");
        return changed;
    }

    public Task<T?> ValueAsync<T>(string sql) => _ledger.ValueAsync<T>(sql);

    public async ValueTask DisposeAsync()
    {
        Sealer.Dispose();
        Key.Dispose();
        await _reader.DisposeAsync();
        await _ledger.DisposeAsync();
        System.IO.File.Delete(File);
    }
}
