using System.Diagnostics;
using AgentGateway.Gateway.Ledger.Sealing.Keeping;
using Npgsql;

namespace AgentGateway.Gateway.Ledger.Sealing.Verifying;

/// <summary>What a verification trusts and looks at.</summary>
internal sealed record VerifyRequest
{
    public required IReadOnlyList<CheckpointKey> PublicKeys { get; init; }

    /// <summary>Without any, MACs are not looked at.</summary>
    public IReadOnlyList<RowMac> AuditKeys { get; init; } = [];

    /// <summary>The checkpoints that were kept elsewhere, in the order of their file.</summary>
    public IReadOnlyList<Checkpoint> Exported { get; init; } = [];

    /// <summary>Rows sealed before are not compared; their checkpoints still are.</summary>
    public DateTimeOffset? From { get; init; }

    public DateTimeOffset? To { get; init; }

    public LeafHash Leaf { get; init; } = SealedRow.Leaf;

    /// <summary>Told the number of rows every now and then.</summary>
    public Action<long>? Progress { get; init; }
}

/// <summary>
/// Compares the audit with its signed checkpoints in one pass over one snapshot. Nothing in the database is believed except
/// what leads to a signature under a given public key.
/// </summary>
internal sealed class AuditVerifier(VerifyRequest request)
{
    private const long ProgressEvery = 100_000;

    private readonly VerifyReport _report = new();

    public static async Task<VerifyReport> RunAsync(NpgsqlDataSource database, VerifyRequest request, CancellationToken cancel)
    {
        var started = Stopwatch.GetTimestamp();
        await using var seals = await database.OpenConnectionAsync(cancel);
        await using var rows = await database.OpenConnectionAsync(cancel);
        await ExecuteAsync(seals, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", cancel);
        var snapshot = (string?)await ExecuteAsync(seals, "SELECT pg_export_snapshot()", cancel);
        await ExecuteAsync(
            rows, $"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT '{snapshot}'", cancel);
        var report = await new AuditVerifier(request).VerifyAsync(seals, rows, cancel);
        report.Seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return report;
    }

    private async Task<VerifyReport> VerifyAsync(NpgsqlConnection seals, NpgsqlConnection rows, CancellationToken cancel)
    {
        var detached = await RowSource.DetachedAsync(rows, cancel);
        if (detached.Count > 0)
        {
            _report.Note($"Detached and verified all the same: {string.Join(", ", detached)}.");
        }

        var chain = new ChainCheck(request.PublicKeys, request.Exported, _report);
        var tree = new TreeCheck(_report);
        var macs = new MacCheck(request.AuditKeys, _report);
        RowStream? stream = null;
        try
        {
            await foreach (var stored in CheckpointStore.AllAsync(seals, cancel))
            {
                var before = chain.Last;
                var followsOn = chain.Next(stored.Checkpoint);
                _report.Checkpoints++;
                IReadOnlyList<FoundRow>? found = null;
                if (IsLookedAt(before, stored.Checkpoint))
                {
                    stream ??= await OpenAsync(rows, before?.Last ?? default, detached, macs, cancel);
                    found = await stream.UpToAsync(stored.Checkpoint.Last, cancel);
                    _report.Sealed += found.Count;
                }

                if (tree.Next(stored, followsOn, found) && found is not null)
                {
                    RowComparison.Compare(stored, found, _report);
                }
            }

            if (request.To is null)
            {
                stream ??= await OpenAsync(rows, chain.Last?.Last ?? default, detached, macs, cancel);
                _report.Unsealed = await stream.SkipRestAsync(cancel);
            }

            _report.Rows = stream?.Rows ?? 0;
        }
        finally
        {
            await (stream?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        chain.End();
        macs.End(_report.Unsealed);
        return _report;
    }

    private bool IsLookedAt(Checkpoint? before, Checkpoint checkpoint) =>
        (request.From is not { } from || (before?.At ?? DateTimeOffset.MinValue) >= from)
        && (request.To is not { } to || checkpoint.At < to);

    private async Task<RowStream> OpenAsync(
        NpgsqlConnection rows, SealPosition after, IReadOnlyList<string> detached, MacCheck macs, CancellationToken cancel) =>
        new(await RowSource.AllAsync(rows, after, detached, cancel), request.Leaf, macs.Look, request.Progress);

    private static async Task<object?> ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancel);
    }

    /// <summary>Hands out the rows of the one long stream, checkpoint by checkpoint.</summary>
    private sealed class RowStream(CopyReader reader, LeafHash leaf, Action<SealedRow> look, Action<long>? progress)
        : IAsyncDisposable
    {
        private bool _ahead;
        private bool _ended;

        public long Rows { get; private set; }

        public async ValueTask<IReadOnlyList<FoundRow>> UpToAsync(SealPosition last, CancellationToken cancel)
        {
            var found = new List<FoundRow>(SealChain.RowsAtMost);
            while (await MoveAsync(cancel) && reader.Current.Position.CompareTo(last) <= 0)
            {
                var row = reader.Current;
                found.Add(new FoundRow(row.Sequence, leaf(row)));
                Take(row);
            }

            return found;
        }

        public async ValueTask<long> SkipRestAsync(CancellationToken cancel)
        {
            var before = Rows;
            while (await MoveAsync(cancel))
            {
                Take(reader.Current);
            }

            return Rows - before;
        }

        public ValueTask DisposeAsync() => reader.DisposeAsync();

        private async ValueTask<bool> MoveAsync(CancellationToken cancel)
        {
            if (!_ahead && !_ended)
            {
                _ended = !await reader.ReadAsync(cancel);
                _ahead = !_ended;
            }

            return _ahead;
        }

        private void Take(SealedRow row)
        {
            look(row);
            _ahead = false;
            Rows++;
            if (Rows % ProgressEvery == 0)
            {
                progress?.Invoke(Rows);
            }
        }
    }
}
