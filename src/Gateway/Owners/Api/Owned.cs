using AgentGateway.Policy;
using Npgsql;

namespace AgentGateway.Gateway.Owners.Api;

/// <summary>Finds what belongs to the owner of the request; "not yours" and "not there" are one and the same answer.</summary>
internal static class Owned
{
    private const int LongestCause = 300;
    private const int LongestDrainSeconds = 30;

    /// <exception cref="RequestRefusedException">The owner has no such agent.</exception>
    public static async Task<AgentView> AgentAsync(NpgsqlConnection connection, OwnerRequest request, CancellationToken cancel) =>
        await OwnerReads.AgentAsync(connection, request.OwnerId, request.AgentId, cancel)
        ?? throw new RequestRefusedException(Reasons.NotFound);

    /// <summary>A change of an agent that is not revoked; it holds the agent's lock.</summary>
    /// <exception cref="RequestRefusedException">The owner has no such agent, or it is revoked.</exception>
    public static async Task<AuthorityChange> LiveAsync(
        NpgsqlDataSource database, OwnerRequest request, CancellationToken cancel)
    {
        var change = await AuthorityChange.BeginAsync(database, request.AgentId, cancel, request.OwnerId)
            ?? throw new RequestRefusedException(Reasons.NotFound);
        if (change.Agent.Status != "revoked")
        {
            return change;
        }

        await change.DisposeAsync();
        throw new RequestRefusedException(Reasons.AgentRevoked);
    }

    public static (string? Reason, TimeSpan Drain) Cause(OwnerRequest request)
    {
        var body = request.Body(BodyJson.Default.CauseBody);
        var reason = body.Reason is null ? null : Text.Check("$.reason", body.Reason, LongestCause, shortest: 0);
        var drain = Text.Check("$.drain_seconds", body.DrainSeconds, 0, LongestDrainSeconds);
        return (reason, TimeSpan.FromSeconds(drain));
    }
}
