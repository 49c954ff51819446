using AgentGateway.Gateway.Ledger.Sealing;
using AgentGateway.Gateway.Ledger.Sealing.Keeping;
using AgentGateway.Gateway.Ledger.Sealing.Verifying;

namespace AgentGateway.Gateway.Tests.Audit;

/// <summary>The file of checkpoints survives crashes and is the one thing a restored database cannot talk away.</summary>
public sealed class ExportedCheckpointTests
{
    [Fact]
    public async Task What_a_crash_kept_from_the_file_is_exported_later()
    {
        await using var world = await AuditWorld.CreateAsync();
        await world.WriteAsync(2500);
        await world.SealAsync();
        var whole = await File.ReadAllTextAsync(world.File);
        var torn = whole[..(whole.IndexOf('\n') + 40)];

        await File.WriteAllTextAsync(world.File, torn);
        await world.SealAsync();

        Assert.Equal(whole, await File.ReadAllTextAsync(world.File));
        File.Delete(world.File);
        await world.SealAsync();
        Assert.Equal(whole, await File.ReadAllTextAsync(world.File));
    }

    [Fact]
    public async Task A_database_rolled_back_is_not_sealed_on_and_verification_says_so()
    {
        await using var world = await AuditWorld.CreateAsync();
        await world.WriteAsync(1500);
        await world.SealAsync();
        await world.TamperAsync(
            """
            DELETE FROM audit_checkpoints WHERE number > 1;
            DELETE FROM audit_events WHERE (tx, sequence) > (SELECT last_tx, last_sequence FROM audit_checkpoints WHERE number = 1)
            """);
        await world.WriteAsync(5);

        var refused = await Assert.ThrowsAsync<SealRefusedException>(world.SealAsync);

        Assert.Contains("rolled back", refused.Message, StringComparison.Ordinal);
        Assert.Contains((await world.VerifyAsync()).Findings, finding => finding.Kind == FindingKind.RolledBack);
        Assert.True((await world.VerifyAsync(exported: [])).Ok);
    }

    [Fact]
    public async Task An_emptied_database_is_not_sealed_on()
    {
        await using var world = await AuditWorld.CreateAsync();
        await world.WriteAsync(5);
        await world.SealAsync();
        await world.TamperAsync("DELETE FROM audit_checkpoints; DELETE FROM audit_events");
        await world.WriteAsync(5);

        await Assert.ThrowsAsync<SealRefusedException>(world.SealAsync);
    }

    [Fact]
    public async Task A_database_that_was_rolled_back_and_sealed_on_elsewhere_is_a_fork()
    {
        await using var world = await AuditWorld.CreateAsync();
        await world.WriteAsync(10);
        await world.SealAsync();
        await world.WriteAsync(10);
        await world.SealAsync();
        var exported = world.Exported();
        await world.TamperAsync("DELETE FROM audit_checkpoints WHERE number = 2");
        File.Delete(world.File);
        await world.WriteAsync(3);
        await world.SealAsync();

        var report = await world.VerifyAsync(exported: exported);

        Assert.Contains(report.Findings, finding => finding is { Kind: FindingKind.Forked, Checkpoint: 2 });
        await File.WriteAllLinesAsync(world.File, exported.Select(checkpoint => checkpoint.ToLine()));
        await Assert.ThrowsAsync<SealRefusedException>(world.SealAsync);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("not json")]
    [InlineData("{\"origin\":1}")]
    public void Anything_else_is_no_checkpoint(string line) => Assert.Null(Checkpoint.Parse(line));

    [Fact]
    public async Task A_line_means_what_was_signed_and_nothing_more_fits_in()
    {
        await using var world = await AuditWorld.CreateAsync();
        await world.WriteAsync(5);
        var made = Assert.IsType<Checkpoint>(await world.SealAsync());
        var line = (await File.ReadAllLinesAsync(world.File))[0];

        Assert.Equal(made.Digest(), Checkpoint.Parse(line)?.Digest());
        Assert.True(world.Key.Signed(Assert.IsType<Checkpoint>(Checkpoint.Parse(line))));
        Assert.Null(Checkpoint.Parse(line.Replace("{", "{\"extra\":1,", StringComparison.Ordinal)));
        Assert.Null(Checkpoint.Parse(line.Replace("\"number\"", "\"numbers\"", StringComparison.Ordinal)));
    }
}
