using AgentGateway.Launcher.People;
using AgentGateway.Launcher.Web;
using Dapper;

namespace AgentGateway.Launcher.Entitlements;

/// <summary>Blocks a person everywhere and lifts the block; every entitlement of theirs gets a new version with it.</summary>
internal static class BlockSwitch
{
    private const int LongestReason = 500;

    public static Task<BlockChange> BlockAsync(Visit visit) => SetAsync(visit, blocked: true);

    public static Task<BlockChange> UnblockAsync(Visit visit) => SetAsync(visit, blocked: false);

    private static async Task<BlockChange> SetAsync(Visit visit, bool blocked)
    {
        var body = await visit.BodyAsync("reason");
        var reason = body.Text("reason", LongestReason)!;
        body.Check();
        var subject = await Subject.LockAsync(visit, visit.UserId, client: null);
        await RequireReachAsync(visit, subject);
        if (subject.Id.ToString("D") == visit.Actor.Id)
        {
            throw Refuse.Conflict("own_block", "Nobody can block themselves.");
        }

        var versions = subject.Blocked == blocked ? [] : await ApplyAsync(visit, subject.Id, blocked, reason);
        return new BlockChange(subject.Blocked != blocked, subject.Id, blocked, reason, versions);
    }

    private static async Task<Dictionary<string, long>> ApplyAsync(Visit visit, Guid user, bool blocked, string reason)
    {
        await visit.Connection.ExecuteAsync(new CommandDefinition(
            "UPDATE users SET blocked = @blocked, blocked_reason = CASE WHEN @blocked THEN @reason ELSE '' END WHERE id = @user",
            new { user, blocked, reason },
            cancellationToken: visit.Cancel));
        var action = blocked ? "user_blocked" : "user_unblocked";
        await AuditLog.WriteAsync(visit, new AuditNote(action) { UserId = user, Blocked = blocked, Reason = reason });
        var entitlements = await visit.Connection.QueryAsync<(string Client, bool Enabled, string Reason)>(new CommandDefinition(
            "SELECT client_id, enabled, reason FROM entitlements WHERE user_id = @user AND module = @CodexAgents ORDER BY client_id",
            new { user, Projection.CodexAgents },
            cancellationToken: visit.Cancel));
        var versions = new Dictionary<string, long>();
        foreach (var (client, enabled, switchReason) in entitlements)
        {
            versions[client] = await Projection.RecordAsync(visit, client, user, action, (enabled, blocked, switchReason, reason));
        }

        return versions;
    }

    // A block counts in every client, so it takes someone with a say in all of them.
    private static async Task RequireReachAsync(Visit visit, Subject subject)
    {
        if (visit.Actor.IsOperator)
        {
            return;
        }

        var places = (await visit.Connection.QueryAsync<(string Client, string Role)>(new CommandDefinition(
            "SELECT client_id, role FROM client_members WHERE user_id = @Id", new { subject.Id }, cancellationToken: visit.Cancel)))
            .AsList();
        var managed = visit.Actor.ManagedClients;
        if (!places.Exists(place => managed.Contains(place.Client)))
        {
            throw Refuse.User();
        }

        if (!places.TrueForAll(place => managed.Contains(place.Client)
            && visit.Actor.Outranks(place.Role, subject.IsOperator, place.Client)))
        {
            throw Refuse.Role("root or admin of every client of the user, and not below the user's own");
        }
    }
}
