using AgentGateway.Launcher.Web;
using Dapper;

namespace AgentGateway.Launcher.Delivery;

/// <summary>One message to the gateway: whether it arrived, how often it was tried and what went wrong last.</summary>
public sealed record DeliveryState(
    long Id, string Client, Guid User, string Module, long Version, bool Enabled, bool Blocked, string State, int Attempts,
    DateTime? LastAttemptAt, string? LastError, bool? Applied, DateTime? DeliveredAt, DateTime OccurredAt);

/// <summary>A page of messages, newest first.</summary>
internal sealed record DeliveryPage(IReadOnlyList<DeliveryState> Pushes, long? NextCursor);

/// <summary>Shows the outbox; managers see their client's part, operators all of it.</summary>
internal static class DeliveryList
{
    public static Task<DeliveryPage> ListAsync(Visit visit)
    {
        var query = new QueryArguments(visit.Http.Request, "client", "user", "state", "cursor", "limit");
        return ReadAsync(visit, new RecordFilter(query), query.OneOf("state", "pending", "delivered", "superseded"));
    }

    public static async Task<DeliveryPage> ReadAsync(Visit visit, RecordFilter filter, string? state)
    {
        visit.Actor.RequireView(filter.Client);
        var found = (await visit.Connection.QueryAsync<DeliveryState>(new CommandDefinition(
            """
            SELECT id, client_id AS client, user_id AS "user", module, version, enabled, blocked, state, attempts,
                   last_attempt_at, last_error, applied, delivered_at, occurred_at
            FROM outbox
            WHERE id < @Before AND (@Client::text IS NULL OR client_id = @Client) AND (@User::uuid IS NULL OR user_id = @User)
              AND (@state::text IS NULL OR state = @state)
            ORDER BY id DESC LIMIT @Limit + 1
            """,
            new { filter.Before, filter.Client, filter.User, filter.Limit, state },
            cancellationToken: visit.Cancel))).AsList();
        var page = found.Take(filter.Limit).ToList();
        return new DeliveryPage(page, found.Count > filter.Limit ? page[^1].Id : null);
    }
}
