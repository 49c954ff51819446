using AgentGateway.Gateway.Ledger;
using AgentGateway.Policy;

namespace AgentGateway.Gateway.Authenticate;

/// <summary>Turns the one Authorization header into an authority, or refuses; any doubt refuses.</summary>
internal sealed class TokenAuthenticator(
    AuthorityTable table,
    AuthorityCache cache,
    TokenDigests digests,
    TokenUse use,
    TimeProvider clock,
    ILogger<TokenAuthenticator> log)
{
    private const string Bearer = "Bearer ";

    /// <summary>Shape and checksum first (no database), then the digest's authority, cached with its version.</summary>
    public Task<Authentication> AuthenticateAsync(string? authorization, CancellationToken cancel)
    {
        if (string.IsNullOrEmpty(authorization))
        {
            return Task.FromResult<Authentication>(Refuse("missing"));
        }

        if (!authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return Task.FromResult<Authentication>(Refuse("scheme"));
        }

        var token = authorization.AsSpan(Bearer.Length);
        if (AgentToken.Fault(token) is { } fault)
        {
            return Task.FromResult<Authentication>(Refuse(fault));
        }

        var digest = digests.Of(token);
        if (cache.Find(digest) is { } known)
        {
            use.Note(known.TokenId);
            return Task.FromResult<Authentication>(new Authentication.Known(known));
        }

        var before = digests.Before(token);
        return LookUpAsync(() => FindAsync(digest, before), cancel);
    }

    // A token of the pepper before is stored under the current one as soon as it is seen.
    private async Task<AuthorityRow?> FindAsync(byte[] digest, byte[]? before)
    {
        var row = await table.FindByDigestAsync(digest, digests.Versions);
        if (row is not null || before is null)
        {
            return row;
        }

        if (await table.FindByDigestAsync(before, digests.VersionsBefore) is not { } old)
        {
            // Between the two looks it may have been stored anew for another call.
            return await table.FindByDigestAsync(digest, digests.Versions);
        }

        await table.RehashAsync(old.Authority.TokenId, before, digest, digests.Version);
        return old with { Digest = digest };
    }

    /// <summary>
    /// The authority as the database has it now: the same instance when its version still holds, a fresh one, or a refusal.
    /// </summary>
    public async Task<Authentication> RefreshAsync(Authority authority, CancellationToken cancel)
    {
        try
        {
            if (await table.IsCurrentAsync(authority).WaitAsync(LedgerDatabase.Patience, clock, cancel))
            {
                return new Authentication.Known(authority);
            }
        }
        catch (Exception lost) when (lost is not OperationCanceledException)
        {
            return Unavailable(lost);
        }

        return await LookUpAsync(() => table.FindByTokenIdAsync(authority.TokenId), cancel);
    }

    private async Task<Authentication> LookUpAsync(Func<Task<AuthorityRow?>> find, CancellationToken cancel)
    {
        AuthorityRow? row;
        try
        {
            row = await find().WaitAsync(LedgerDatabase.Patience, clock, cancel);
            if (row is not null && table.Rule?.Ask is { } ask && MayBeEntitled(row))
            {
                await AskAsync(ask, row.Authority.Agent.OwnerId, cancel);
                row = await find().WaitAsync(LedgerDatabase.Patience, clock, cancel);
            }
        }
        catch (Exception lost) when (lost is not OperationCanceledException)
        {
            return Unavailable(lost);
        }

        if (row is null)
        {
            return Refuse("unknown");
        }

        if (Judge(row, table.Rule?.Required == true) is { } refused)
        {
            cache.Remove(row.Digest);
            return refused;
        }

        cache.Put(row.Digest, row.Authority);
        use.Note(row.Authority.TokenId);
        return new Authentication.Known(row.Authority);
    }

    private async Task AskAsync(Func<string, Task> ask, string ownerId, CancellationToken cancel)
    {
        try
        {
            await ask(ownerId).WaitAsync(LedgerDatabase.Patience, clock, cancel);
        }
        catch (TimeoutException)
        {
            // Too slow for this call; what is stored decides.
        }
    }

    // Only an otherwise good token is worth a question.
    private static bool MayBeEntitled(AuthorityRow row) => row is { TokenRevoked: false, TokenExpired: false, AgentStatus: "active" }
        && (row.Entitled is null || row.EntitlementStale);

    /// <summary>Null when the row's token may be used now.</summary>
    /// <param name="row">As it is in the database.</param>
    /// <param name="required">Whether an owner of whom nothing is known is refused.</param>
    public static Authentication.Refused? Judge(AuthorityRow row, bool required) => row switch
    {
        { AgentStatus: "revoked" } => Refuse(Authentication.Refused.AgentRevoked),
        { TokenRevoked: true } => Refuse("revoked"),
        { TokenExpired: true } => Refuse("expired"),
        { Entitled: false } => new Authentication.Refused(Reasons.AgentsDisabled, "entitlement"),
        { Entitled: null } when required => new Authentication.Refused(Reasons.AgentsDisabled, "no entitlement"),
        { EntitlementStale: true } => new Authentication.Refused(Reasons.EntitlementStale, "entitlement not confirmed"),
        { AgentStatus: "active" } => null,
        _ => new Authentication.Refused(Reasons.AgentSuspended, row.AgentStatus),
    };

    private Authentication.Refused Unavailable(Exception lost)
    {
        log.TokenLookupFailed(lost.GetType().Name);
        return new Authentication.Refused(Reasons.LedgerUnavailable, "database");
    }

    private static Authentication.Refused Refuse(string cause) => new(Reasons.Unauthenticated, cause);
}
