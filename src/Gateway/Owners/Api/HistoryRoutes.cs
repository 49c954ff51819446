using System.Globalization;
using Npgsql;

namespace AgentGateway.Gateway.Owners.Api;

/// <summary>Shows an owner what an agent did, and what it may do but never does.</summary>
internal sealed class HistoryRoutes(NpgsqlDataSource database)
{
    private const int ReviewDays = 90;

    public async Task<OwnerAnswer> ActivityAsync(OwnerRequest request, CancellationToken cancel)
    {
        var before = long.MaxValue;
        if (request.Query("cursor") is { } cursor
            && (!long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out before) || before < 1))
        {
            throw RequestRefusedException.Invalid("cursor", "Use next_cursor of the page before.");
        }

        await using var connection = await database.OpenConnectionAsync(cancel);
        await Owned.AgentAsync(connection, request, cancel);
        var events = await OwnerReads.ActivityAsync(connection, request.AgentId, before, cancel);
        IReadOnlyList<ActivityView> page = [.. events.Take(OwnerReads.PageSize)];
        var next = events.Count > page.Count ? page[^1].Sequence.ToString(CultureInfo.InvariantCulture) : null;
        return OwnerReply.Json(200, new ActivityAnswer(page, next), AnswerJson.Default.ActivityAnswer);
    }

    public async Task<OwnerAnswer> ReviewAsync(OwnerRequest request, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var agent = await Owned.AgentAsync(connection, request, cancel);
        var used = (await OwnerReads.UsedAsync(connection, request.AgentId, cancel)).ToLookup(use => use.ProjectId);
        var tokens = await OwnerReads.TokensAsync(connection, request.OwnerId, request.AgentId, cancel);
        var projects = agent.Grants.Select(grant => new ReviewView
        {
            Project = grant.Project,
            Granted = grant.Scopes,
            Used = [.. used[grant.ProjectId].Select(use => use.Scope).Order(StringComparer.Ordinal)],
            Unused = [.. grant.Scopes.Except(used[grant.ProjectId].Select(use => use.Scope))],
            Calls = used[grant.ProjectId].Sum(use => use.Calls),
        });
        return OwnerReply.Json(
            200,
            new ReviewAnswer(
                ReviewDays, [.. projects], [.. tokens.Where(token => token is { ExpiresAt: null, RevokedAt: null })]),
            AnswerJson.Default.ReviewAnswer);
    }
}
