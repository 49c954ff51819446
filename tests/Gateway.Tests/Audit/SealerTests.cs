using AgentGateway.Gateway.Ledger.Sealing;
using AgentGateway.Gateway.Ledger.Sealing.Keeping;
using AgentGateway.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace AgentGateway.Gateway.Tests.Audit;

/// <summary>Everything is sealed once, in an order that later rows cannot upset, whoever seals.</summary>
public sealed class SealerTests
{
    [Theory]
    [InlineData(1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")]
    [InlineData(2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125")]
    [InlineData(3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77")]
    [InlineData(8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")]
    public void The_tree_is_that_of_rfc_6962(int size, string root)
    {
        var leaves = (string[])["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
        var range = new CompactRange();

        foreach (var leaf in leaves.Take(size))
        {
            range.Append(CompactRange.Leaf(Convert.FromHexString(leaf)));
        }

        Assert.Equal(root, Convert.ToHexStringLower(range.Root()));
        Assert.Equal(range.Root(), CompactRange.Parse(size, range.Frontier())?.Root());
    }

    [Fact]
    public async Task Each_row_is_sealed_once_and_exported()
    {
        await using var world = await AuditWorld.CreateAsync();
        await world.WriteAsync(2500);

        var first = await world.SealAsync();
        await world.WriteAsync(10);
        var second = await world.SealAsync();
        var nothing = await world.SealAsync();

        Assert.Equal((2500, 2510), (first?.TreeSize, second?.TreeSize));
        Assert.Equal(second?.Number, nothing?.Number);
        Assert.Equal(second?.ToLine(), world.Exported()[^1].ToLine());
        Assert.All(world.Exported().Zip(world.Exported().Skip(1)), pair =>
            Assert.InRange(pair.Second.TreeSize - pair.First.TreeSize, 1, SealChain.RowsAtMost));
        var report = await world.VerifyAsync(withMacs: true);
        Assert.True(report.Ok, string.Join('\n', report.Findings));
        Assert.Equal((2510, 2510, 0), (report.Rows, report.Sealed, report.Unsealed));
    }

    [Fact]
    public async Task A_row_that_commits_late_holds_back_the_rows_after_it_and_none_is_lost()
    {
        await using var world = await AuditWorld.CreateAsync();
        await using var slow = new NpgsqlConnection(world.Ledger.ConnectionString);
        await slow.OpenAsync();
        await using var transaction = await slow.BeginTransactionAsync();
        await using (var insert = new NpgsqlCommand(
            "INSERT INTO audit_events (id, kind, decision) VALUES (gen_random_uuid(), 'lifecycle', 'late')", slow))
        {
            await insert.ExecuteNonQueryAsync();
        }

        await world.WriteAsync(100);
        var whileItIsOpen = await world.SealOnceAsync();
        await transaction.CommitAsync();
        var afterwards = await world.SealAsync();

        Assert.Null(whileItIsOpen);
        Assert.Equal(101, afterwards?.TreeSize);
        Assert.True((await world.VerifyAsync()).Ok);
    }

    [Fact]
    public async Task A_transaction_that_is_rolled_back_leaves_a_gap_and_no_finding()
    {
        await using var world = await AuditWorld.CreateAsync();
        await world.WriteAsync(10);
        await world.TamperAsync(
            """
            BEGIN;
            INSERT INTO audit_events (id, kind, decision) VALUES (gen_random_uuid(), 'lifecycle', 'undone');
            ROLLBACK
            """);
        await world.WriteAsync(10);

        Assert.Equal(20, (await world.SealAsync())?.TreeSize);
        Assert.True((await world.VerifyAsync(withMacs: true)).Ok);
    }

    [Fact]
    public async Task One_replica_leads_and_the_next_goes_on_where_it_ended()
    {
        await using var world = await AuditWorld.CreateAsync();
        await using var other = new SecondReplica(world);
        await world.WriteAsync(50);
        await world.Sealer.StartAsync(CancellationToken.None);
        await Eventually.TrueAsync(() => Task.FromResult(world.State.Words.Contains("this replica", StringComparison.Ordinal)));
        await other.Sealer.StartAsync(CancellationToken.None);
        await Eventually.TrueAsync(() => Task.FromResult(other.State.Words.Contains("another replica", StringComparison.Ordinal)));
        await Eventually.TrueAsync(async () => await world.ValueAsync<long?>("SELECT max(tree_size) FROM audit_checkpoints") == 50);

        await world.Sealer.StopAsync(CancellationToken.None);
        await world.WriteAsync(70);
        await Eventually.TrueAsync(async () => await world.ValueAsync<long?>("SELECT max(tree_size) FROM audit_checkpoints") == 120);

        await Eventually.TrueAsync(() => Task.FromResult(other.Lines().Length >= 2));
        await other.Sealer.StopAsync(CancellationToken.None);
        Assert.Equal(world.Exported()[0].ToLine(), other.Lines()[0]);
        Assert.Equal(120, Checkpoint.Parse(other.Lines()[^1])?.TreeSize);
    }

    private sealed class SecondReplica : IAsyncDisposable
    {
        private readonly string _file = Path.Combine(Path.GetTempPath(), $"checkpoints-{Guid.CreateVersion7():N}.ndjson");

        public SecondReplica(AuditWorld world) => Sealer = new Sealer(
            world.Ledger.Database, CheckpointKey.FromPem(world.Key.PrivatePem()), new CheckpointFile(_file), State,
            TimeProvider.System, NullLogger<Sealer>.Instance);

        public SealingState State { get; } = new();

        public Sealer Sealer { get; }

        public string[] Lines() => File.Exists(_file) ? File.ReadAllLines(_file) : [];

        public async ValueTask DisposeAsync()
        {
            await Sealer.StopAsync(CancellationToken.None);
            Sealer.Dispose();
            File.Delete(_file);
        }
    }
}
