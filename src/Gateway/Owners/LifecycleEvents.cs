using AgentGateway.Gateway.Ledger;
using AgentGateway.Policy;
using Npgsql;

namespace AgentGateway.Gateway.Owners;

/// <summary>What happened to an agent, by whom and why: the words of one lifecycle event.</summary>
/// <param name="What">Such as <c>agent_created</c>, <c>token_issued</c>, <c>agent_revoked</c>, <c>token_revoked</c>.</param>
/// <param name="Actor">The person or command that asked for it.</param>
/// <param name="Cause">The reason given, in the actor's words.</param>
internal sealed record LifecycleNote(string What, string Actor, string? Cause = null)
{
    public Guid? TokenId { get; init; }

    public string? TokenPrefix { get; init; }

    public IReadOnlyList<Grant> Projects { get; init; } = [];
}

/// <summary>Appends lifecycle events in the transaction that is open on the connection.</summary>
internal static class LifecycleEvents
{
    public static Task AppendAsync(NpgsqlConnection connection, Agent agent, LifecycleNote note, CancellationToken cancel) =>
        new AuditEvent
        {
            Kind = "lifecycle",
            Decision = note.What,
            Cause = note.Cause,
            Actor = note.Actor,
            Agent = agent,
            TokenId = note.TokenId,
            TokenPrefix = note.TokenPrefix,
            Projects = note.Projects,
        }.AppendAsync(connection, cancel);
}
