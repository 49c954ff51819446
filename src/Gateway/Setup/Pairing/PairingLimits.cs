using AgentGateway.Gateway.Owners;
using AgentGateway.Policy;
using Dapper;
using Npgsql;

namespace AgentGateway.Gateway.Setup.Pairing;

/// <summary>So many of one kind within a window, then none for ten minutes.</summary>
/// <param name="Bucket">Whom it is counted against.</param>
internal sealed record PairingLimit(string Bucket, int Most, TimeSpan Window);

/// <summary>Counts in the database, so that more replicas grant no more tries. The window slides: no two windows add up.</summary>
internal static class PairingLimits
{
    private static readonly TimeSpan TenMinutes = TimeSpan.FromMinutes(10);

    /// <summary>Wrong codes of everybody together: what guessing with many accounts meets.</summary>
    public static readonly PairingLimit WrongInAll = new("wrong", 100, TimeSpan.FromMinutes(1));

    public static PairingLimit WrongOf(string ownerId) => new($"wrong:{ownerId}", 5, TenMinutes);

    public static PairingLimit StartsOf(string source) => new($"start:{source}", 20, TenMinutes);

    /// <summary>Takes the bucket's row until the transaction ends: whoever guesses in parallel waits for the count before.</summary>
    /// <exception cref="RequestRefusedException">Locked, with the seconds left.</exception>
    public static async Task EnterAsync(NpgsqlConnection connection, PairingLimit limit, CancellationToken cancel)
    {
        var left = await connection.ExecuteScalarAsync<int>(new CommandDefinition(
            """
            INSERT INTO pairing_limits AS l (bucket) VALUES (@Bucket)
            ON CONFLICT (bucket) DO UPDATE SET bucket = excluded.bucket
            RETURNING coalesce(greatest(0, ceil(extract(epoch FROM l.locked_until - clock_timestamp()))), 0)::int
            """,
            new { limit.Bucket }, cancellationToken: cancel));
        if (left > 0)
        {
            throw new RequestRefusedException(Reasons.PairingLocked) { RetryAfter = TimeSpan.FromSeconds(left) };
        }
    }

    /// <summary>Counts one; true when it was the last for ten minutes.</summary>
    public static async Task<bool> HitAsync(NpgsqlConnection connection, PairingLimit limit, CancellationToken cancel) =>
        await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            """
            WITH recent AS (
                SELECT array(SELECT hit FROM unnest(hits) AS hit WHERE hit > clock_timestamp() - make_interval(secs => @Seconds))
                       || clock_timestamp() AS hits
                FROM pairing_limits WHERE bucket = @Bucket)
            UPDATE pairing_limits AS l
            SET hits = CASE WHEN cardinality(recent.hits) < @Most THEN recent.hits ELSE '{}' END,
                locked_until = CASE WHEN cardinality(recent.hits) >= @Most THEN clock_timestamp() + make_interval(secs => @Lock) END
            FROM recent WHERE l.bucket = @Bucket
            RETURNING l.locked_until IS NOT NULL
            """,
            new { limit.Bucket, limit.Most, Seconds = limit.Window.TotalSeconds, Lock = TenMinutes.TotalSeconds },
            cancellationToken: cancel));
}
