using System.Diagnostics;
using AgentGateway.Bench.Load;
using AgentGateway.Bench.Report;
using AgentGateway.Bench.Rig;
using Npgsql;

namespace AgentGateway.Bench.Long;

/// <summary>How fast the gateway's own command verifies an audit whose every row was written by a real call.</summary>
internal sealed class Verification(Programs programs, Database database, PlainServers plain, Action<string> say)
{
    private const int Rows = 1_000_000;
    private const int MostLooks = 300;

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    /// <returns>Null when this gateway cannot verify its audit.</returns>
    public async Task<VerifySpeed?> MeasureAsync(Provenance of, BenchOptions options, CancellationToken cancel)
    {
        var rig = new GatewayRig(programs, await database.CreateAnotherAsync(), plain.UpstreamPort);
        if (!(await rig.RunAsync(["audit", "--help"], cancel)).Contains("verify", StringComparison.Ordinal))
        {
            say("not measured: this gateway has no command `audit verify`");
            return null;
        }

        await rig.PrepareAsync(options.Connections, cancel);
        var rows = await WriteAsync(rig, options, cancel);
        var publicKey = await WriteKeyAsync("checkpoint.pem", rig.CheckpointPublicKey, cancel);
        var auditKey = await WriteKeyAsync("audit.key", rig.AuditKey, cancel);
        var began = Stopwatch.GetTimestamp();
        // Everything it can check: seals, signatures and each row's MAC.
        var printed = await rig.RunAsync(["audit", "verify", "--public-key", publicKey, "--audit-key", auditKey], cancel);
        var speed = new VerifySpeed(of, rows, Stopwatch.GetElapsedTime(began).TotalSeconds);
        say($"verify: {speed.Rows:N0} rows in {speed.Seconds:F1} s, {speed.RowsPerSecond:N0} rows/s\n{printed.Trim()}");
        return speed;
    }

    private async Task<long> WriteAsync(GatewayRig rig, BenchOptions options, CancellationToken cancel)
    {
        var (gateway, port) = await rig.StartAsync(cancel);
        await using var owned = gateway;
        await using var source = NpgsqlDataSource.Create(rig.Database);
        var wanted = options.Part(Rows);
        var read = rig.Read(port, gateway.Id);
        while (true)
        {
            await LoadRun.RunAsync(read, options.Connections, TimeSpan.FromSeconds(options.Quick ? 1 : 10), cancel);
            await using var count = source.CreateCommand("SELECT count(*) FROM audit_events");
            count.CommandTimeout = 0;
            var rows = (long)(await count.ExecuteScalarAsync(cancel))!;
            say($"verify: {rows:N0} of {wanted:N0} rows");
            if (rows >= wanted)
            {
                break;
            }
        }

        // What follows its answer and what seals it comes to rest.
        for (var (rows, resting) = (0L, 0); ; await Task.Delay(Look, cancel))
        {
            await using var look = source.CreateCommand(
                "SELECT (SELECT count(*) FROM audit_events), coalesce((SELECT max(tree_size) FROM audit_checkpoints), 0)");
            look.CommandTimeout = 0;
            await using var reader = await look.ExecuteReaderAsync(cancel);
            await reader.ReadAsync(cancel);
            var (before, sealedRows) = (rows, reader.GetInt64(1));
            rows = reader.GetInt64(0);
            resting = rows == before ? resting + 1 : 0;
            if (resting > 1 && sealedRows == rows)
            {
                return rows;
            }

            if (resting > MostLooks)
            {
                throw new InvalidOperationException($"Only {sealedRows:N0} of {rows:N0} rows were sealed.");
            }
        }
    }

    private async Task<string> WriteKeyAsync(string name, string text, CancellationToken cancel)
    {
        var path = Path.Combine(programs.Folder, name);
        await File.WriteAllTextAsync(path, text, cancel);
        return path;
    }
}
