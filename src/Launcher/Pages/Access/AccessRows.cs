using AgentGateway.Launcher.Entitlements;
using AgentGateway.Launcher.Web;
using Dapper;

namespace AgentGateway.Launcher.Pages.Access;

/// <summary>Reads people's access with the newest message about it; the caller has made sure that it may be shown.</summary>
internal static class AccessRows
{
    /// <summary>Null for client or user: all of them, in the order of their ids.</summary>
    public static async Task<List<AccessRow>> ReadAsync(Visit visit, string? client, Guid? user, Guid after, int most) =>
        (await visit.Connection.QueryAsync<AccessRow>(new CommandDefinition(
            """
            SELECT m.client_id AS client, m.user_id AS "user", u.display_name AS name, u.email, m.role, u.is_operator, u.blocked, u.blocked_reason,
                   coalesce(e.enabled, false) AS enabled, coalesce(e.reason, '') AS reason, coalesce(e.version, 0) AS version,
                   coalesce(c.display_name, e.changed_by) AS changed_by, e.changed_at,
                   o.state AS push_state, coalesce(o.attempts, 0) AS attempts, o.last_error, o.applied, o.delivered_at, o.occurred_at
            FROM client_members AS m
            JOIN users AS u ON u.id = m.user_id
            LEFT JOIN entitlements AS e
              ON e.client_id = m.client_id AND e.user_id = m.user_id AND e.module = @CodexAgents
            LEFT JOIN users AS c ON c.id::text = e.changed_by
            LEFT JOIN outbox AS o
              ON o.client_id = e.client_id AND o.user_id = e.user_id AND o.module = e.module AND o.version = e.version
            WHERE (@client::text IS NULL OR m.client_id = @client) AND (@user::uuid IS NULL OR m.user_id = @user) AND m.user_id > @after
            ORDER BY m.user_id, m.client_id LIMIT @most
            """,
            new { client, user, after, most, Projection.CodexAgents },
            cancellationToken: visit.Cancel))).AsList();
}
