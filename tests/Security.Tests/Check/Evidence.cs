using AgentGateway.Security.Tests.Faults;
using Npgsql;

namespace AgentGateway.Security.Tests.Check;

/// <summary>A row of the gateway's audit.</summary>
internal sealed record AuditRow(
    string Kind, Guid? RequestId, string Agent, string Decision, string Key, string Arguments, int Epoch, DateTime Committed);

/// <summary>A row of the gateway's keys.</summary>
internal sealed record KeyRow(string Agent, string Key, string State, int Epoch, bool Orphan);

/// <summary>One thing an agent did to a card, as Tasker wrote it down in the transaction of the deed.</summary>
internal sealed record Deed(string Agent, string Trace, DateTime At, string Text);

/// <summary>All that is known at the end: what agents were told, what the gateway wrote, what Tasker did.</summary>
internal sealed record Evidence
{
    public required IReadOnlyList<Intent> Intents { get; init; }

    public required IReadOnlyList<Intent> Unfinished { get; init; }

    public required IReadOnlyList<AuditRow> Audit { get; init; }

    public required IReadOnlyList<KeyRow> Keys { get; init; }

    public required IReadOnlyList<Deed> Deeds { get; init; }

    /// <summary>Everything of these agents in Tasker that a marker can stand in.</summary>
    public required IReadOnlyList<Deed> Texts { get; init; }

    /// <summary>Owners' changes in the audit, and stored answers to owners' keys.</summary>
    public required (long Changes, long Answers) Lifecycle { get; init; }

    /// <summary>Replicas that run at the end, those that were frozen among them.</summary>
    public required int Replicas { get; init; }

    public required (long Sessions, long InTransaction, long Locks) Leftovers { get; init; }

    public required IReadOnlyList<string> Secrets { get; init; }

    public required IReadOnlyList<string> Logs { get; init; }

    public static async Task<Evidence> GatherAsync(FaultWorld world, Campaign campaign)
    {
        await using var tasker = NpgsqlDataSource.Create(world.Base.Tasker.Database);
        var agents = world.Workers.Select(worker => worker.Agent.Id).ToArray();
        return new Evidence
        {
            Intents = world.Intents,
            Unfinished = campaign.Unfinished,
            Audit = await Queries.AuditAsync(world.Judge),
            Keys = await Queries.KeysAsync(world.Judge),
            Deeds = await Queries.DeedsAsync(tasker, agents),
            Texts = await Queries.TextsAsync(tasker, agents),
            Lifecycle = await Queries.LifecycleAsync(world.Judge),
            Replicas = world.CountReplicas(),
            Leftovers = await Queries.LeftoversAsync(world.Judge),
            Secrets = [.. world.Settings.Secrets, .. world.Workers.Select(worker => worker.Agent.Token)],
            Logs = [.. world.Logs, world.Base.Tasker.Log],
        };
    }
}
