using System.Security.Cryptography;
using AgentGateway.Gateway.Authenticate;
using AgentGateway.Gateway.Configure;
using AgentGateway.Gateway.Ledger;
using AgentGateway.Gateway.Owners;
using AgentGateway.Gateway.Owners.Entitlements;
using AgentGateway.Policy;
using Dapper;
using Npgsql;

namespace AgentGateway.Gateway.Setup.Pairing;

/// <summary>
/// Answers a device that asks again. The token is minted for the one request that uses the pairing up, on whichever replica,
/// and is in its answer alone.
/// </summary>
internal sealed class PairingRedemption(
    NpgsqlDataSource database, PairingDigests codes, TokenDigests tokens, Settings settings)
{
    private const int MostLiveTokens = 2;
    private const int SlowerBySeconds = 5;
    private const int LongestIntervalSeconds = 60;

    // A device that keeps its interval by its own clock is not hasty for a late packet before.
    private const double GraceSeconds = 0.5;

    /// <exception cref="RequestRefusedException">In the words of RFC 8628, as long as there is no token.</exception>
    public async Task<RedeemedAnswer> PollAsync(PollBody poll, CallOrigin origin, CancellationToken cancel)
    {
        var device = PairingCodes.IsDevice(poll.DeviceCode)
            ? codes.OfDevice(poll.DeviceCode)
            : throw RequestRefusedException.Invalid("$.device_code", "It is no device code.");
        var challenge = PairingCodes.IsVerifier(poll.Verifier)
            ? PairingCodes.ChallengeOf(poll.Verifier)
            : throw RequestRefusedException.Invalid("$.verifier", "It has 43 to 128 letters, digits and ._~-.");
        var row = await FindAsync(device, cancel);

        // A code without its verifier is as good as none.
        if (row is not { Live: true, Used: false } || !CryptographicOperations.FixedTimeEquals(row.Challenge, challenge))
        {
            throw new RequestRefusedException(Reasons.ExpiredToken);
        }

        return row.Decision switch
        {
            null => throw await WaitAsync(row.Id, cancel),
            "approved" => await RedeemAsync(row, origin, cancel),
            _ => throw new RequestRefusedException(Reasons.AccessDenied),
        };
    }

    /// <summary>Why the agent can have no token more, under its lock; null when it can.</summary>
    public static async Task<Reason?> RefusalOfAsync(AuthorityChange change, CancellationToken cancel) => change.Agent.Status switch
    {
        "revoked" => Reasons.AgentRevoked,
        not "active" => Reasons.AgentSuspended,
        _ => await LiveTokensAsync(change, cancel) < MostLiveTokens ? null : Reasons.TooManyTokens,
    };

    private static Task<int> LiveTokensAsync(AuthorityChange change, CancellationToken cancel) =>
        change.Connection.ExecuteScalarAsync<int>(new CommandDefinition(
            """
            SELECT count(*) FROM tokens
            WHERE agent_id = @Id AND revoked_at IS NULL AND coalesce(expires_at, 'infinity') > clock_timestamp()
            """,
            new { change.Agent.Id }, cancellationToken: cancel));

    private async Task<Asked?> FindAsync(byte[] device, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<Asked>(new CommandDefinition(
            """
            SELECT id, challenge, decision, decided_by AS decidedby, agent_id AS agentid, owner_id AS ownerid, name,
                   used_at IS NOT NULL AS used, expires_at > clock_timestamp() AS live
            FROM pairings WHERE device_digest = @device
            """,
            new { device }, cancellationToken: cancel));
    }

    // The row is locked first: of two hasty requests at once each finds the other's time.
    private async Task<RequestRefusedException> WaitAsync(Guid id, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var (hasty, seconds) = await connection.QuerySingleAsync<(bool, int)>(new CommandDefinition(
            """
            WITH seen AS (
                SELECT id, interval_seconds,
                       coalesce(clock_timestamp() < polled_at + make_interval(secs => interval_seconds - @GraceSeconds), false) AS hasty
                FROM pairings WHERE id = @id FOR UPDATE)
            UPDATE pairings AS p
            SET polled_at = clock_timestamp(),
                interval_seconds = CASE WHEN hasty THEN least(seen.interval_seconds + @SlowerBySeconds, @LongestIntervalSeconds)
                                        ELSE seen.interval_seconds END
            FROM seen WHERE p.id = seen.id
            RETURNING seen.hasty, p.interval_seconds
            """,
            new { id, GraceSeconds, SlowerBySeconds, LongestIntervalSeconds }, cancellationToken: cancel));
        return new RequestRefusedException(hasty ? Reasons.SlowDown : Reasons.AuthorizationPending)
        {
            RetryAfter = TimeSpan.FromSeconds(seconds),
        };
    }

    private async Task<RedeemedAnswer> RedeemAsync(Asked row, CallOrigin origin, CancellationToken cancel)
    {
        await using var change = await AuthorityChange.BeginAsync(database, row.AgentId!, cancel, row.OwnerId)
            ?? throw new RequestRefusedException(Reasons.AccessDenied);
        var entitled = await OwnerStanding.IsEntitledAsync(change.Connection, row.OwnerId!, settings.RequireEntitlement, cancel);
        var refusal = entitled ? await RefusalOfAsync(change, cancel) : Reasons.AgentsDisabled;
        var days = await change.Connection.QuerySingleOrDefaultAsync<int?>(new CommandDefinition(
            """
            UPDATE pairings SET used_at = CASE WHEN @refused THEN NULL ELSE clock_timestamp() END,
                                decision = CASE WHEN @refused THEN 'denied' ELSE decision END
            WHERE id = @Id AND decision = 'approved' AND used_at IS NULL AND expires_at > clock_timestamp()
            RETURNING token_days
            """,
            new { row.Id, refused = refusal is not null }, cancellationToken: cancel))
            ?? throw new RequestRefusedException(Reasons.ExpiredToken);
        var agent = change.Agent.ToAgent();
        if (refusal is not null)
        {
            await change.CommitAsync(new LifecycleNote("pairing_refused", row.Name, $"pairing {row.Id}: {refusal.Code}"), cancel);
            throw new RequestRefusedException(Reasons.AccessDenied);
        }

        var view = await OwnerReads.AgentAsync(change.Connection, row.OwnerId!, agent.Id, cancel)
            ?? throw new RequestRefusedException(Reasons.AccessDenied);
        var issued = await MintAsync(change, row.Name, days, cancel);
        var step = new PairingStep("pairing_redeemed", row.Name)
        {
            Pairing = row.Id,
            Origin = origin,
            Agent = agent,
            TokenId = issued.Id,
            TokenPrefix = issued.Prefix,
        };
        await step.AppendAsync(change.Connection, cancel);
        var note = new LifecycleNote("token_issued", row.DecidedBy!) { TokenId = issued.Id, TokenPrefix = issued.Prefix };
        await change.CommitAsync(note, cancel);
        return new RedeemedAnswer(
            issued.Token, issued.Id, issued.Prefix, issued.ExpiresAt!.Value, view, $"{settings.PublicUrl}{Accept.Protocol.Endpoint}");
    }

    private async Task<IssuedToken> MintAsync(AuthorityChange change, string label, int days, CancellationToken cancel)
    {
        var token = AgentToken.Create();
        var id = Guid.CreateVersion7();
        var prefix = AgentToken.Prefix(token);
        var expires = await change.Connection.ExecuteScalarAsync<DateTime>(new CommandDefinition(
            """
            INSERT INTO tokens (id, agent_id, digest, pepper_version, prefix, label, expires_at)
            VALUES (@id, @Agent, @Digest, @Version, @prefix, @label, clock_timestamp() + make_interval(days => @days))
            RETURNING expires_at
            """,
            new { id, Agent = change.Agent.Id, Digest = tokens.Of(token), tokens.Version, prefix, label, days },
            cancellationToken: cancel));
        return new IssuedToken { Id = id, Token = token, Prefix = prefix, ExpiresAt = new DateTimeOffset(expires, TimeSpan.Zero) };
    }

    private sealed record Asked
    {
        public Guid Id { get; init; }

        public byte[] Challenge { get; init; } = [];

        public string? Decision { get; init; }

        public string? DecidedBy { get; init; }

        public string? AgentId { get; init; }

        public string? OwnerId { get; init; }

        public string Name { get; init; } = "";

        public bool Used { get; init; }

        public bool Live { get; init; }
    }
}
