using AgentGateway.Gateway.Ledger;
using Npgsql;
using NpgsqlTypes;

namespace AgentGateway.Security.Replica.Plants;

/// <summary>The rows that wrong ledgers write by hand.</summary>
internal static class Ledgers
{
    public static byte[] Digest(AdmissionRequest request) =>
        KeyDigest.Of(request.Permit.Authority.Agent.Id, request.IdempotencyKey!);

    /// <summary>One event of a write, with what the checks look at.</summary>
    public static async Task AppendAsync(
        NpgsqlDataSource database, AdmissionRequest request, string kind, string decision, Guid admission, int epoch)
    {
        await using var insert = database.CreateCommand(
            """
            INSERT INTO audit_events
                (id, kind, decision, admission_id, request_id, agent_id, tool, key_digest, argument_digest, epoch)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """);
        Add(insert, NpgsqlDbType.Uuid, Guid.CreateVersion7());
        Add(insert, NpgsqlDbType.Text, kind);
        Add(insert, NpgsqlDbType.Text, decision);
        Add(insert, NpgsqlDbType.Uuid, admission);
        Add(insert, NpgsqlDbType.Uuid, request.Origin.RequestId);
        Add(insert, NpgsqlDbType.Text, request.Permit.Authority.Agent.Id);
        Add(insert, NpgsqlDbType.Text, request.Permit.Rule.Tool);
        Add(insert, NpgsqlDbType.Bytea, Digest(request));
        Add(insert, NpgsqlDbType.Bytea, request.Fingerprint);
        Add(insert, NpgsqlDbType.Integer, epoch);
        await insert.ExecuteNonQueryAsync();
    }

    public static void Add(NpgsqlCommand command, NpgsqlDbType type, object? value) =>
        command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type, Value = value ?? DBNull.Value });
}
