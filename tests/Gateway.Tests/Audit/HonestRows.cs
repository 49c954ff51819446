using System.Security.Cryptography;
using AgentGateway.Gateway.Ledger;
using AgentGateway.Gateway.Tests.Ledger;
using AgentGateway.Policy;
using Npgsql;

namespace AgentGateway.Gateway.Tests.Audit;

/// <summary>Rows as the gateway writes them, with every column set in some of them.</summary>
internal static class HonestRows
{
    public static AuditEvent Event(Authority authority, int index) => new()
    {
        Kind = index % 2 == 0 ? "admitted" : "settled",
        Decision = index % 2 == 0 ? "allow" : "succeeded",
        AdmissionId = Guid.CreateVersion7(),
        Origin = LedgerWorld.Origin() with { ClientVersion = "1.2.3", ThreadId = $"thread {index}", TraceParent = "00-1-2-01" },
        Authority = authority,
        Tool = "create_card",
        Projects = authority.Grants,
        Card = $"NDC-{index}",
        Scope = "card:create",
        Effect = "write",
        Reason = index % 7 == 0 ? "outcome_unknown" : null,
        Cause = index % 5 == 0 ? "a cause" : null,
        ManifestDigest = "sha256:0123456789abcdef",
        KeyDigest = SHA256.HashData(BitConverter.GetBytes(index)),
        ArgumentDigest = SHA256.HashData(BitConverter.GetBytes(-index)),
        UpstreamStatus = 200,
        Duration = TimeSpan.FromMilliseconds(index % 900),
        Epoch = 1,
    };

    public static async Task WriteAsync(NpgsqlBinaryImporter copy, object?[] row, DateTime at)
    {
        await copy.StartRowAsync();
        foreach (var (index, value) in row.Index())
        {
            if (value is null)
            {
                await copy.WriteNullAsync();
            }
            else
            {
                await copy.WriteAsync(value, AuditEvent.Types[index]);
            }
        }

        await copy.WriteAsync(at, NpgsqlTypes.NpgsqlDbType.TimestampTz);
    }
}
