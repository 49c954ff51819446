using AgentGateway.Gateway.Configure;
using AgentGateway.Gateway.Ledger.Sealing;
using AgentGateway.Gateway.Ledger.Sealing.Verifying;
using Xunit.Abstractions;

namespace AgentGateway.Gateway.Tests.Audit;

/// <summary>
/// Tampers with the audit in every way there is and sees each found. AGENT_GATEWAY_FULL=1 runs the numbers of a release.
/// </summary>
public sealed class TamperCampaign(ITestOutputHelper output)
{
    private static readonly bool Full = Environment.GetEnvironmentVariable("AGENT_GATEWAY_FULL") == "1";

    private static int Rows => Full ? 5_000 : 2_000;

    [Fact]
    public async Task Every_tampering_is_found_with_the_public_key_alone()
    {
        await using var world = await AuditWorld.CreateAsync();
        await PrepareAsync(world, Rows);
        var rounds = Full ? 1_000 : Tampering.All.Count;

        var missed = await RunAsync(world, Tampering.All, rounds);

        output.WriteLine($"{rounds} tamperings of {Tampering.All.Count} kinds on {Rows} rows, missed: {missed.Count}");
        Assert.True(Tampering.All.Count >= 60);
        Assert.Empty(missed);
        Assert.True((await world.VerifyAsync(withMacs: true)).Ok);
    }

    [Theory]
    [InlineData("decision")]
    [InlineData("at")]
    public async Task A_seal_that_leaves_out_a_column_is_noticed_by_the_campaign(string column)
    {
        await using var world = await AuditWorld.CreateAsync(row => CompactRange.Leaf(Without(row, column)));
        await PrepareAsync(world, rows: 300);
        var edits = Tampering.RowColumns.Select(name => $"edit {name}").ToHashSet();

        var missed = await RunAsync(world, [.. Tampering.All.Where(one => edits.Contains(one.Kind))], 0);

        Assert.Equal([$"edit {column}"], missed);
    }

    [Fact]
    public async Task Rows_that_are_not_sealed_yet_are_held_by_their_macs()
    {
        await using var world = await AuditWorld.CreateAsync();
        await world.WriteAsync(100);
        await world.RememberAsync();
        await File.WriteAllTextAsync(world.File, "");
        var decided = Tampering.RowColumns.Except(["sequence", "at", "tx"]).Select(column => $"edit {column}").ToHashSet();

        var missed = await RunAsync(
            world, [.. Tampering.All.Where(one => decided.Contains(one.Kind) || one.Kind == "forge a row")], 0, withMacs: true);

        Assert.Equal(36, decided.Count + 1);
        Assert.Empty(missed);
    }

    [Fact]
    public async Task A_row_written_without_the_audit_key_is_found_though_it_was_sealed()
    {
        await using var world = await AuditWorld.CreateAsync();
        await world.WriteAsync(50);
        await world.TamperAsync("INSERT INTO audit_events (id, kind, decision) VALUES (gen_random_uuid(), 'admitted', 'allow')");
        await world.WriteAsync(50, mac: RowMac.Of(Secret.Of("a-key-of-somebody-else-entirely-made-up")));
        await world.SealAsync();

        var report = await world.VerifyAsync(withMacs: true);

        Assert.Equal(1, report.Findings.Count(finding => finding.Kind == FindingKind.MacMissing));
        Assert.Equal(50, report.Findings.Count(finding => finding.Kind == FindingKind.MacKeyUnknown));
    }

    [Fact]
    public async Task Honest_rows_raise_no_alarm_and_are_verified_fast()
    {
        await using var world = await AuditWorld.CreateAsync();
        var rows = Full ? 1_000_000 : 20_000;
        await world.WriteAsync(rows, perTransaction: 200);
        await world.SealAsync();

        var report = await world.VerifyAsync();
        var withMacs = await world.VerifyAsync(withMacs: true);

        output.WriteLine($"{report.Rows} rows, {report.Checkpoints} checkpoints: {report.Rows / report.Seconds:F0} rows/s, "
            + $"with MACs {withMacs.Rows / withMacs.Seconds:F0} rows/s");
        Assert.Equal((rows, rows, 0L), (report.Rows, report.Sealed, report.FindingCount));
        Assert.Equal(0, withMacs.FindingCount);
    }

    private static async Task PrepareAsync(AuditWorld world, int rows)
    {
        await world.WriteAsync(rows / 2);
        await world.SealAsync();
        await world.WriteAsync(rows / 2);
        await world.SealAsync();
        await world.WriteAsync(30);
        await world.SealAsync();
        await world.RememberAsync();
        Assert.True((await world.VerifyAsync(withMacs: true)).Ok);
    }

    /// <summary>At least one round of each; answers those that were not found.</summary>
    private static async Task<List<string>> RunAsync(
        AuditWorld world, IReadOnlyList<Tampering> kinds, int rounds, bool withMacs = false)
    {
        var missed = new List<string>();
        for (var round = 0; round < Math.Max(rounds, kinds.Count); round++)
        {
            var tampering = kinds[round % kinds.Count];
            var exported = await tampering.DoAsync(world, new Dice($"tampering {round}"));
            if ((await world.VerifyAsync(withMacs, exported)).Ok)
            {
                missed.Add(tampering.Kind);
            }

            await world.ComeBackAsync();
        }

        Assert.True((await world.VerifyAsync()).Ok);
        return missed;
    }

    private static byte[] Without(SealedRow row, string column)
    {
        var index = Tampering.RowColumns.ToList().IndexOf(column);
        var kept = new MemoryStream();
        var rest = row.Tuple.Span[sizeof(short)..];
        for (var field = 0; !rest.IsEmpty; field++)
        {
            var length = sizeof(int) + Math.Max(0, System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(rest));
            if (field != index)
            {
                kept.Write(rest[..length]);
            }

            rest = rest[length..];
        }

        return kept.ToArray();
    }
}
