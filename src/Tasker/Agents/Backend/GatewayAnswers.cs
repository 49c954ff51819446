namespace AgentGateway.Tasker.Agents.Backend;

/// <summary>One agent.</summary>
internal sealed record AgentAnswer(AgentView Agent);

/// <summary>All agents of an owner.</summary>
internal sealed record AgentsAnswer(IReadOnlyList<AgentView> Agents);

/// <summary>An agent that was stopped, with the number of its writes still on their way; null: not known.</summary>
internal sealed record StoppedAnswer(AgentView Agent, int? InFlight);

/// <summary>When something ended for good.</summary>
internal sealed record EndedAnswer(DateTimeOffset RevokedAt);

/// <summary>One grant.</summary>
internal sealed record GrantAnswer(GrantView Grant);

/// <summary>What may be known of an agent's tokens.</summary>
internal sealed record TokensAnswer(IReadOnlyList<TokenView> Tokens);

/// <summary>A token just issued; null when the answer is a repeat, and then <see cref="Note"/> says so.</summary>
internal sealed record IssuedAnswer(string? Token, string Prefix, DateTimeOffset? ExpiresAt, DateTimeOffset? OldValidUntil, string? Note)
{
    // A record prints its members; this one must not.
    public override string ToString() => $"IssuedAnswer {Prefix}";
}

/// <summary>A page of an agent's history.</summary>
internal sealed record ActivityAnswer(IReadOnlyList<ActivityView> Events, string? NextCursor);

/// <summary>Granted beside used.</summary>
internal sealed record ReviewAnswer(int Days, IReadOnlyList<ReviewView> Projects, IReadOnlyList<TokenView> TokensWithoutExpiry);

/// <summary>What an agent may do in a project beside what it did there.</summary>
internal sealed record ReviewView(
    string Project, IReadOnlyList<string> Granted, IReadOnlyList<string> Used, IReadOnlyList<string> Unused, long Calls);

/// <summary>All that connects one agent; never a token.</summary>
internal sealed record SetupPacket(
    string McpUrl, string ConfigToml, string CodexMcpAdd, PacketConnect Connect, string AgentsMd, IReadOnlyList<string> ExpectedTools,
    IReadOnlyList<string> Warnings);

/// <summary>How the helper script is checked and run.</summary>
internal sealed record PacketConnect(string Script, IReadOnlyList<string> Commands);
