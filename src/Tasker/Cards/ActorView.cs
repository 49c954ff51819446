using System.Text.Json.Serialization;

namespace AgentGateway.Tasker.Cards;

/// <summary>An agent as a card's history names it.</summary>
internal sealed record AgentView(string Id, string Name, string? Owner);

/// <summary>Who did something: a person, an agent on somebody's behalf, or the tracker itself.</summary>
internal sealed record ActorView(string Kind, string Name)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AgentView? Agent { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? OnBehalfOf { get; init; }

    public static ActorView Of(ActorRow row) => row switch
    {
        { AgentId: { } id } => new ActorView("agent", row.AgentName ?? row.ActorName ?? id)
        {
            Agent = new AgentView(id, row.AgentName ?? row.ActorName ?? id, row.OwnerName),
            OnBehalfOf = row.OwnerName,
        },
        { ActorName: { } name } => new ActorView("user", name),
        _ => new ActorView("system", "system"),
    };
}

/// <summary>The columns an actor is told from.</summary>
internal record ActorRow
{
    /// <summary>Over actor u, owner o and a row x that carries the agent's id and name.</summary>
    public const string Columns = "x.agent_id AS agentid, x.agent_name AS agentname, u.display_name AS actorname, o.display_name AS ownername";

    public string? AgentId { get; init; }

    public string? AgentName { get; init; }

    public string? ActorName { get; init; }

    public string? OwnerName { get; init; }
}
