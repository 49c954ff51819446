using AgentGateway.Gateway.Configure;
using AgentGateway.Gateway.Ledger.Sealing;
using AgentGateway.Gateway.Ledger.Sealing.Verifying;
using AgentGateway.Gateway.Tests.Flow;
using AgentGateway.Support;
using Npgsql;

namespace AgentGateway.Gateway.Tests.Audit;

/// <summary>The gateway as it is served: its calls are sealed by itself, each row with a MAC that holds.</summary>
public sealed class SealedCallTests
{
    [Fact]
    public async Task Calls_and_refusals_are_sealed_within_moments_and_verify()
    {
        using var key = CheckpointKey.Create();
        var file = Path.GetTempFileName();
        await using var world = await FlowWorld.StartAsync(more: new Dictionary<string, string>
        {
            ["NODEDC_AGENT_GATEWAY_CHECKPOINT_KEY"] = key.PrivatePem(),
            ["NODEDC_AGENT_GATEWAY_CHECKPOINT_FILE"] = file,
        });
        await world.CallAsync("whoami", "{}");
        await world.CallAsync("no_such_tool", "{}");
        await world.CallAsync("create_card", """{"project":"NDC","title":"x","idempotency_key":"sealed-1"}""");

        await Eventually.TrueAsync(() => world.Ledger.ValueAsync<bool>(
            """
            SELECT count(*) FILTER (WHERE kind <> 'lifecycle') >= 4 AND count(*) = (SELECT max(tree_size) FROM audit_checkpoints)
            FROM audit_events
            """));

        await using var database = NpgsqlDataSource.Create(world.Ledger.ConnectionString);
        var report = await AuditVerifier.RunAsync(
            database,
            new VerifyRequest
            {
                PublicKeys = [key],
                AuditKeys = [RowMac.Of(Secret.Of("key-secret-of-the-flow-tests-and-long-enough"))],
                Exported = [.. (await File.ReadAllLinesAsync(file)).Select(Checkpoint.Parse).OfType<Checkpoint>()],
            },
            CancellationToken.None);
        File.Delete(file);

        // Another gateway of this test process may have set its own key meanwhile; no MAC may be wrong or absent.
        Assert.DoesNotContain(report.Findings, finding => finding.Kind != FindingKind.MacKeyUnknown);
        Assert.True(report.Sealed >= 4 && report.Checkpoints > 0);
    }
}
