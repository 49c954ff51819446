using AgentGateway.Launcher.Web;
using Dapper;

namespace AgentGateway.Launcher.Entitlements;

/// <summary>Records a change of an entitlement as one: a new version, its audit entry and its message to the gateway.</summary>
internal static class Projection
{
    public const string CodexAgents = "codex_agents";

    /// <summary>The caller holds the lock of the user; answers the new version.</summary>
    public static Task<long> RecordAsync(
        Visit visit, string client, Guid user, string action, (bool Enabled, bool Blocked, string SwitchReason, string Reason) change) =>
        visit.Connection.ExecuteScalarAsync<long>(new CommandDefinition(
            """
            WITH changed AS (
                INSERT INTO entitlements AS e (client_id, user_id, module, enabled, reason, version, changed_by, changed_at)
                VALUES (@client, @user, @CodexAgents, @Enabled, @SwitchReason, 1, @Actor, clock_timestamp())
                ON CONFLICT (client_id, user_id, module) DO UPDATE
                SET enabled = excluded.enabled, reason = excluded.reason, version = e.version + 1,
                    changed_by = excluded.changed_by, changed_at = excluded.changed_at
                RETURNING version, changed_at
            ), audited AS (
                INSERT INTO audit (at, actor, action, client_id, user_id, module, version, enabled, blocked, reason)
                SELECT changed_at, @Actor, @action, @client, @user, @CodexAgents, version, @Enabled, @Blocked, @Reason FROM changed
            )
            INSERT INTO outbox (client_id, user_id, module, version, enabled, blocked, reason, actor, occurred_at)
            SELECT @client, @user, @CodexAgents, version, @Enabled, @Blocked, @Reason, @Actor, changed_at FROM changed
            RETURNING version
            """,
            new
            {
                client,
                user,
                action,
                CodexAgents,
                change.Enabled,
                change.Blocked,
                change.SwitchReason,
                change.Reason,
                Actor = visit.Actor.Id,
            },
            cancellationToken: visit.Cancel));
}
