using AgentGateway.Tasker.Agents.Backend;

namespace AgentGateway.Tasker.Agents.Features;

/// <summary>What an emergency stop did: how many agents it suspended, and how many it could not be sure of.</summary>
internal sealed record StopReport(int Stopped, int Unsure);

/// <summary>Suspends every agent at once; each of them can be resumed, none loses its tokens.</summary>
internal sealed class EmergencyStop(Desks desks, FeatureBook features)
{
    private const int AtOnce = 6;

    public static Task<StopReport> OwnAsync(Desk desk, CancellationToken cancel) => StopAsync([desk.Gateway], _ => true, cancel);

    /// <summary>Every agent of the workspace, whoever owns it.</summary>
    public async Task<StopReport> WorkspaceAsync(Desk admin, CancellationToken cancel)
    {
        var owners = await features.OwnersAsync(admin.Workspace.Id, cancel);
        return await StopAsync(
            [.. owners.Select(owner => desks.OnBehalf(owner, admin))], agent => agent.Workspace == admin.Workspace.Slug, cancel);
    }

    private static async Task<StopReport> StopAsync(
        IReadOnlyList<GatewayClient> owners, Func<AgentView, bool> isMeant, CancellationToken cancel)
    {
        var (stopped, unsure) = (0, 0);
        var limits = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel };
        await Parallel.ForEachAsync(owners, limits, async (owner, stop) =>
        {
            // One owner whose agents cannot be read must not keep the others' running.
            if ((await owner.AgentsAsync(stop)).Value is not { } found)
            {
                Interlocked.Increment(ref unsure);
                return;
            }

            foreach (var agent in found.Agents.Where(agent => agent.Status == "active" && isMeant(agent)))
            {
                var reply = await owner.StopAsync(agent.Id, "suspend", new CauseBody("emergency stop", DrainSeconds: 0), Once.NewKey(), stop);
                _ = reply.Value is null ? Interlocked.Increment(ref unsure) : Interlocked.Increment(ref stopped);
            }
        });
        return new StopReport(stopped, unsure);
    }
}
