using System.Text.Json.Serialization;
using AgentGateway.Gateway.Owners;

namespace AgentGateway.Gateway.Reporting;

/// <summary>One agent, as its traffic and its reports show it.</summary>
internal sealed record ReportedAgent
{
    public string Id { get; init; } = "";

    public string Name { get; init; } = "";

    public OwnerView Owner => new(OwnerId, OwnerName);

    public string Workspace { get; init; } = "";

    public string Mode { get; init; } = "";

    /// <summary>active or suspended; who was revoked is history.</summary>
    public string Status { get; init; } = "";

    /// <summary>connected, idle, stale or never.</summary>
    public string State { get; init; } = "";

    /// <summary>The last call in the ledger, let through or not.</summary>
    public DateTime? LastCallAt { get; init; }

    /// <summary>The same, or the last use of a token for anything else, to the minute.</summary>
    public DateTime? LastActivityAt { get; init; }

    public string? LastTool { get; init; }

    public string? LastCard { get; init; }

    /// <summary>The latest first.</summary>
    public IReadOnlyList<ReportedSession> OpenSessions { get; init; } = [];

    [JsonIgnore]
    public string OwnerId { get; init; } = "";

    [JsonIgnore]
    public string OwnerName { get; init; } = "";
}

/// <summary>A step of a session's plan.</summary>
internal sealed record ReportedStep(string Text, bool Done);

/// <summary>One work session.</summary>
internal sealed record ReportedSession
{
    public Guid SessionId { get; init; }

    public string AgentId { get; init; } = "";

    public string AgentName { get; init; } = "";

    public string OwnerId { get; init; } = "";

    public string Workspace { get; init; } = "";

    public string Project { get; init; } = "";

    public string Card => FormattableString.Invariant($"{Project}-{Number}");

    public string Goal { get; init; } = "";

    public IReadOnlyList<ReportedStep> Plan => [.. Steps.Select((step, index) => new ReportedStep(step, Done.Contains(index + 1)))];

    /// <summary>What the agent said last: working, testing, needs_input or blocked.</summary>
    public string Status { get; init; } = "";

    /// <summary>open, stale or ended.</summary>
    public string State { get; init; } = "";

    public DateTime StartedAt { get; init; }

    public DateTime ReportedAt { get; init; }

    public int Reports { get; init; }

    public DateTime? StaleAfter { get; init; }

    public DateTime? EndedAt { get; init; }

    public string? EndedBecause { get; init; }

    public string? Outcome { get; init; }

    [JsonIgnore]
    public int Number { get; init; }

    [JsonIgnore]
    public string[] Steps { get; init; } = [];

    [JsonIgnore]
    public int[] Done { get; init; } = [];
}

/// <summary>How many agents are in which state, of all that were asked about.</summary>
internal sealed record StateCounts(long Connected, long Idle, long Stale, long Never);

/// <summary>A page of agents.</summary>
internal sealed record ReportedAgentsAnswer(DateTime AsOf, StateCounts Counts, IReadOnlyList<ReportedAgent> Agents, string? NextCursor);

/// <summary>A page of sessions, the latest first.</summary>
internal sealed record ReportedSessionsAnswer(DateTime AsOf, IReadOnlyList<ReportedSession> Sessions, string? NextCursor);

/// <summary>An agent that did something; whether its sessions changed.</summary>
internal sealed record AgentChange(string Id, string Workspace, DateTime At, bool Sessions);

/// <summary>What a stream tells of one look at the ledger.</summary>
internal sealed record ChangeNotice(IReadOnlyList<AgentChange> Agents);

/// <summary>Writes these answers.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ReportedAgentsAnswer))]
[JsonSerializable(typeof(ReportedSessionsAnswer))]
[JsonSerializable(typeof(ChangeNotice))]
internal sealed partial class ReportingJson : JsonSerializerContext;
