using AgentGateway.Gateway.Observe;
using Dapper;
using Npgsql;

namespace AgentGateway.Gateway.Owners;

/// <summary>Waits, bounded, for the calls of an agent that were admitted before its authority was taken away.</summary>
internal sealed class Drain(NpgsqlDataSource database, TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    /// <summary>
    /// What was admitted before may still be on its way: waits for it, bounded, and says how much is left; null when the
    /// database could not tell. The change itself is durable by then, so that is no failure of it.
    /// </summary>
    public async Task<int?> WaitAsync(string agentId, TimeSpan drain, CancellationToken cancel)
    {
        var started = clock.GetTimestamp();
        while (true)
        {
            var left = await TryInFlightAsync(agentId, cancel);
            if (left == 0 || clock.GetElapsedTime(started) >= drain)
            {
                Measures.Drained(clock.GetElapsedTime(started), left != 0);
                return left;
            }

            await Task.Delay(Pause, clock, cancel);
        }
    }

    private async Task<int?> TryInFlightAsync(string agentId, CancellationToken cancel)
    {
        try
        {
            return await InFlightAsync(agentId, cancel);
        }
        catch (NpgsqlException)
        {
            return null;
        }
    }

    // A write is on its way while it holds its key; a read until it is settled, or Tasker would refuse it as too late.
    private async Task<int> InFlightAsync(string agentId, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await connection.ExecuteScalarAsync<int>(new CommandDefinition(
            """
            SELECT (SELECT count(*) FROM idempotency
                    WHERE agent_id = @agentId AND state = 'dispatching' AND lease_until > clock_timestamp())
                 + (SELECT count(*) FROM (
                        SELECT FROM (SELECT kind, admission_id, effect, at FROM audit_events
                                     WHERE agent_id = @agentId ORDER BY sequence DESC LIMIT 5000) AS recent
                        WHERE at > clock_timestamp() - interval '11 seconds'
                        GROUP BY admission_id
                        HAVING bool_or(kind = 'admitted' AND effect = 'read') AND NOT bool_or(kind = 'settled')) AS call)
            """,
            new { agentId }, cancellationToken: cancel));
    }
}
