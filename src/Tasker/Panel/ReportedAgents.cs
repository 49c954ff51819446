using System.Text.Json.Serialization;

namespace AgentGateway.Tasker.Panel;

/// <summary>A work session, as the gateway reports it.</summary>
public sealed record ReportedSession
{
    public required string Card { get; init; }

    public required string Goal { get; init; }

    /// <summary>working, testing, needs_input or blocked.</summary>
    public required string Status { get; init; }

    /// <summary>open, stale or ended.</summary>
    public required string State { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset ReportedAt { get; init; }
}

/// <summary>Whose an agent is.</summary>
public sealed record ReportedOwner(string Id, string Name);

/// <summary>An agent, as its traffic and its reports show it.</summary>
public sealed record ReportedAgent
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required ReportedOwner Owner { get; init; }

    /// <summary>active or suspended.</summary>
    public required string Status { get; init; }

    /// <summary>connected, idle, stale or never.</summary>
    public required string State { get; init; }

    public DateTimeOffset? LastActivityAt { get; init; }

    public string? LastTool { get; init; }

    public string? LastCard { get; init; }

    public required IReadOnlyList<ReportedSession> OpenSessions { get; init; }
}

/// <summary>How many agents are in which state.</summary>
public sealed record StateCounts(long Connected, long Idle, long Stale, long Never);

/// <summary>A page of agents, read at one moment of the gateway's database.</summary>
public sealed record ReportedAgents(DateTimeOffset AsOf, StateCounts Counts, IReadOnlyList<ReportedAgent> Agents, string? NextCursor);

/// <summary>The gateway's wire: a member of an answer may be new, but none may be missing, doubled or null.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ReportedAgents))]
internal sealed partial class ReportedJson : JsonSerializerContext;
