namespace AgentGateway.Tasker.Adapter;

/// <summary>Who asks and what the gateway decided they may: the checked headers of one request.</summary>
internal sealed record Caller
{
    public required string AgentId { get; init; }

    public required string AgentName { get; init; }

    public required Guid Owner { get; init; }

    public required string Workspace { get; init; }

    public required IReadOnlySet<string> Scopes { get; init; }

    public required string? Tool { get; init; }

    /// <summary>The granted projects this call may touch.</summary>
    public required IReadOnlyList<Guid> Projects { get; init; }

    public required DateTime? NotAfter { get; init; }

    public required string? Session { get; init; }

    public required string TraceId { get; init; }

    public void Demand(string scope)
    {
        if (!Scopes.Contains(scope))
        {
            throw Refuse.Scope(scope);
        }
    }
}
