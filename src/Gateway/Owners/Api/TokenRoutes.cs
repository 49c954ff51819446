using AgentGateway.Gateway.Authenticate;
using AgentGateway.Policy;
using Dapper;
using Npgsql;

namespace AgentGateway.Gateway.Owners.Api;

/// <summary>Issues, shows, rotates and revokes tokens; a secret is in the first answer alone and nowhere else.</summary>
internal sealed class TokenRoutes(NpgsqlDataSource database, AgentBook book, TokenDigests digests)
{
    private const int MostLive = 2;
    private const int LongestLabel = 100;
    private const int LongestDays = 3650;
    private const int LongestOverlapSeconds = 86_400;
    private const string Compromised = "compromised";

    public async Task<OwnerAnswer> ListAsync(OwnerRequest request, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await Owned.AgentAsync(connection, request, cancel);
        var tokens = await OwnerReads.TokensAsync(connection, request.OwnerId, request.AgentId, cancel);
        return OwnerReply.Json(200, new TokensAnswer(tokens), AnswerJson.Default.TokensAnswer);
    }

    public async Task<OwnerAnswer> IssueAsync(OwnerRequest request, CancellationToken cancel)
    {
        var body = request.Body(BodyJson.Default.TokenBody);
        var label = Text.Check("$.label", body.Label, LongestLabel);
        var days = body.ExpiresInDays is { } some ? Text.Check("$.expires_in_days", some, 1, LongestDays) : (int?)null;
        await using var change = await Owned.LiveAsync(database, request, cancel);
        await RefuseAboveAsync(change, MostLive - 1, cancel);
        return await InsertAsync(change, request, new Wanted("token_issued", label, days, null, null), cancel);
    }

    public async Task<OwnerAnswer> RotateAsync(OwnerRequest request, CancellationToken cancel)
    {
        var body = request.Body(BodyJson.Default.RotateBody);
        var cause = body.Reason is null ? null : Text.Check("$.reason", body.Reason, 300, shortest: 0);
        var overlap = Text.Check("$.overlap_seconds", body.OverlapSeconds, 0, LongestOverlapSeconds);
        // Whoever stole it must not have an hour more.
        overlap = cause == Compromised ? 0 : overlap;
        await using var change = await Owned.LiveAsync(database, request, cancel);
        var old = await FindAsync(change, request, cancel);
        if (!old.Live)
        {
            throw new RequestRefusedException(Reasons.TokenNotLive);
        }

        if (overlap == 0)
        {
            await change.RevokeTokensAsync(request.TokenId, request.Actor, cause ?? "rotated", cancel);
        }

        await RefuseAboveAsync(change, MostLive - 1, cancel);
        var until = await change.Connection.ExecuteScalarAsync<DateTime>(new CommandDefinition(
            """
            UPDATE tokens SET expires_at = least(coalesce(expires_at, 'infinity'), clock_timestamp() + make_interval(secs => @overlap))
            WHERE id = @TokenId RETURNING expires_at
            """,
            new { request.TokenId, overlap }, cancellationToken: cancel));
        var wanted = new Wanted("token_rotated", old.Label, old.Days, request.TokenId, new DateTimeOffset(until, TimeSpan.Zero))
        {
            Cause = cause,
        };
        return await InsertAsync(change, request, wanted, cancel);
    }

    public async Task<OwnerAnswer> RevokeAsync(OwnerRequest request, CancellationToken cancel)
    {
        var (cause, drain) = Owned.Cause(request);
        DateTimeOffset at;
        await using (var change = await AuthorityChange.BeginAsync(database, request.AgentId, cancel, request.OwnerId)
            ?? throw new RequestRefusedException(Reasons.NotFound))
        {
            await FindAsync(change, request, cancel);
            await change.RevokeTokensAsync(request.TokenId, request.Actor, cause, cancel);
            var note = new LifecycleNote("token_revoked", request.Actor, cause) { TokenId = request.TokenId };
            at = await change.CommitAsync(note, request.Key, moment => GrantRoutes.Revoked(moment, left: null), cancel);
        }

        return GrantRoutes.Revoked(at, await book.DrainAsync(request.AgentId, drain, cancel));
    }

    private async Task<OwnerAnswer> InsertAsync(
        AuthorityChange change, OwnerRequest request, Wanted wanted, CancellationToken cancel)
    {
        var token = AgentToken.Create();
        var id = Guid.CreateVersion7();
        var prefix = AgentToken.Prefix(token);
        var expires = await change.Connection.ExecuteScalarAsync<DateTime?>(new CommandDefinition(
            """
            INSERT INTO tokens (id, agent_id, digest, pepper_version, prefix, label, expires_at)
            VALUES (@id, @AgentId, @Digest, @Version, @prefix, @Label, clock_timestamp() + make_interval(days => @Days))
            RETURNING expires_at
            """,
            new { id, request.AgentId, Digest = digests.Of(token), digests.Version, prefix, wanted.Label, wanted.Days },
            cancellationToken: cancel));
        if (wanted.Old is { } old)
        {
            await change.ExecuteAsync("UPDATE tokens SET superseded_by = @id WHERE id = @old", new { id, old }, cancel);
        }

        var issued = new IssuedAnswer(
            token, id, prefix, expires is { } moment ? new DateTimeOffset(moment, TimeSpan.Zero) : null, wanted.OldUntil, null);
        var note = new LifecycleNote(wanted.What, request.Actor, wanted.Cause) { TokenId = id, TokenPrefix = prefix };
        await change.CommitAsync(note, request.Key, _ => Answer(issued.WithoutSecret()), cancel);
        return Answer(issued);
    }

    private static OwnerAnswer Answer(IssuedAnswer issued) => OwnerReply.Json(201, issued, AnswerJson.Default.IssuedAnswer);

    private static async Task RefuseAboveAsync(AuthorityChange change, int most, CancellationToken cancel)
    {
        var live = await change.Connection.ExecuteScalarAsync<int>(new CommandDefinition(
            """
            SELECT count(*) FROM tokens
            WHERE agent_id = @Id AND revoked_at IS NULL AND coalesce(expires_at, 'infinity') > clock_timestamp()
            """,
            new { change.Agent.Id }, cancellationToken: cancel));
        if (live > most)
        {
            throw new RequestRefusedException(Reasons.TooManyTokens);
        }
    }

    private static async Task<OldToken> FindAsync(AuthorityChange change, OwnerRequest request, CancellationToken cancel) =>
        await change.Connection.QuerySingleOrDefaultAsync<OldToken>(new CommandDefinition(
            """
            SELECT label, revoked_at IS NULL AND coalesce(expires_at, 'infinity') > clock_timestamp() AS live,
                   greatest(1, ceil(extract(epoch FROM expires_at - created_at) / 86400))::int AS days
            FROM tokens WHERE id = @TokenId AND agent_id = @Id
            """,
            new { request.TokenId, change.Agent.Id }, cancellationToken: cancel))
        ?? throw new RequestRefusedException(Reasons.NotFound);

    private sealed record OldToken
    {
        public string Label { get; init; } = "";

        public bool Live { get; init; }

        public int? Days { get; init; }
    }

    private sealed record Wanted(string What, string Label, int? Days, Guid? Old, DateTimeOffset? OldUntil)
    {
        public string? Cause { get; init; }
    }
}
