namespace AgentGateway.Console.Book;

/// <summary>A page of agents, grouped by owner, and where the next begins.</summary>
public sealed record AgentPage(IReadOnlyList<AgentRow> Agents, string? Next);

/// <summary>One agent with everything that its access is made of.</summary>
public sealed record AgentFile(
    AgentRow Agent, IReadOnlyList<GrantRow> Grants, IReadOnlyList<TokenRow> Tokens, IReadOnlyList<ScopeUse> Used);
