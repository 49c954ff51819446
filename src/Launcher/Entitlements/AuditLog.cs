using AgentGateway.Launcher.Web;
using Dapper;

namespace AgentGateway.Launcher.Entitlements;

/// <summary>An event that is not a new version of an entitlement.</summary>
internal sealed record AuditNote(string Action)
{
    public string? ClientId { get; init; }

    public Guid? UserId { get; init; }

    public bool? Blocked { get; init; }

    public string Reason { get; init; } = "";
}

/// <summary>An event as it was written, never changed since.</summary>
public sealed record AuditEntry(
    long Id, DateTime At, string Actor, string Action, string? Client, Guid? User, string? Module, long? Version,
    bool? Enabled, bool? Blocked, string Reason);

/// <summary>A page of events, newest first.</summary>
internal sealed record AuditPage(IReadOnlyList<AuditEntry> Entries, long? NextCursor);

/// <summary>Writes and shows who changed what; managers see their client's part, operators all of it.</summary>
internal static class AuditLog
{
    public static Task WriteAsync(Visit visit, AuditNote note) => visit.Connection.ExecuteAsync(new CommandDefinition(
        """
        INSERT INTO audit (at, actor, action, client_id, user_id, blocked, reason)
        VALUES (clock_timestamp(), @Actor, @Action, @ClientId, @UserId, @Blocked, @Reason)
        """,
        new { Actor = visit.Actor.Id, note.Action, note.ClientId, note.UserId, note.Blocked, note.Reason },
        cancellationToken: visit.Cancel));

    public static Task<AuditPage> ListAsync(Visit visit)
    {
        var query = new QueryArguments(visit.Http.Request, "client", "user", "cursor", "limit");
        return ReadAsync(visit, new RecordFilter(query));
    }

    public static async Task<AuditPage> ReadAsync(Visit visit, RecordFilter filter)
    {
        visit.Actor.RequireView(filter.Client);
        var found = (await visit.Connection.QueryAsync<AuditEntry>(new CommandDefinition(
            """
            SELECT id, at, actor, action, client_id AS client, user_id AS "user", module, version, enabled, blocked, reason
            FROM audit
            WHERE id < @Before AND (@Client::text IS NULL OR client_id = @Client) AND (@User::uuid IS NULL OR user_id = @User)
            ORDER BY id DESC LIMIT @Limit + 1
            """,
            filter,
            cancellationToken: visit.Cancel))).AsList();
        var page = found.Take(filter.Limit).ToList();
        return new AuditPage(page, found.Count > filter.Limit ? page[^1].Id : null);
    }
}
