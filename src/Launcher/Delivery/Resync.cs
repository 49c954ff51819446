using Dapper;
using Npgsql;

namespace AgentGateway.Launcher.Delivery;

/// <summary>Tells the gateway every entitlement as it is now, for a gateway that lost or never had them.</summary>
internal sealed class Resync(NpgsqlDataSource database, GatewayClient gateway)
{
    private const int LargestBatch = 500;

    /// <summary>How many were sent, and what went wrong if not all were.</summary>
    public async Task<(int Sent, string? Error)> RunAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        // The newest message of each person and client says exactly how things are, with who and when.
        var items = await connection.QueryAsync<PushItem>(new CommandDefinition(
            """
            SELECT DISTINCT ON (client_id, user_id, module)
                   client_id, user_id, module, enabled, blocked, reason, actor, version, occurred_at
            FROM outbox ORDER BY client_id, user_id, module, version DESC
            """,
            cancellationToken: cancel));
        var sent = 0;
        foreach (var part in items.Chunk(LargestBatch))
        {
            if (await gateway.PushAllAsync(new PushBatch(part), cancel) is Attempt.Failed failure)
            {
                return (sent, failure.Error);
            }

            sent += part.Length;
        }

        return (sent, null);
    }
}
