using AgentGateway.Launcher.Web;
using Dapper;

namespace AgentGateway.Launcher.Delivery;

/// <summary>One message to the gateway: whether it arrived, how often it was tried and what went wrong last.</summary>
internal sealed record DeliveryState(
    long Id, string Client, Guid User, string Module, long Version, bool Enabled, bool Blocked, string State, int Attempts,
    DateTime? LastAttemptAt, string? LastError, bool? Applied, DateTime? DeliveredAt);

/// <summary>A page of messages, newest first.</summary>
internal sealed record DeliveryPage(IReadOnlyList<DeliveryState> Pushes, long? NextCursor);

/// <summary>Shows the outbox; managers see their client's part, operators all of it.</summary>
internal static class DeliveryList
{
    public static async Task<IResult> ListAsync(Visit visit)
    {
        var query = new QueryArguments(visit.Http.Request, "client", "user", "state", "cursor", "limit");
        var client = query.Text("client", 48);
        visit.Actor.RequireView(client);
        var limit = query.Limit;
        var found = (await visit.Connection.QueryAsync<DeliveryState>(new CommandDefinition(
            """
            SELECT id, client_id AS client, user_id AS "user", module, version, enabled, blocked, state, attempts,
                   last_attempt_at, last_error, applied, delivered_at
            FROM outbox
            WHERE id < @Before AND (@client::text IS NULL OR client_id = @client) AND (@User::uuid IS NULL OR user_id = @User)
              AND (@State::text IS NULL OR state = @State)
            ORDER BY id DESC LIMIT @Take
            """,
            new
            {
                query.Before,
                client,
                User = query.Id("user"),
                State = query.OneOf("state", "pending", "delivered", "superseded"),
                Take = limit + 1,
            },
            cancellationToken: visit.Cancel))).AsList();
        var page = found.Take(limit).ToList();
        return Results.Json(new DeliveryPage(page, found.Count > limit ? page[^1].Id : null), LauncherJson.Wire.DeliveryPage);
    }
}
