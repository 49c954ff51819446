using System.Collections.Frozen;

namespace AgentGateway.Policy;

/// <summary>One project an agent may touch, with its scopes; key and name were resolved in Tasker when it was granted.</summary>
public sealed record Grant
{
    public required Guid ProjectId { get; init; }

    /// <summary>Current key of the project, upper case, such as <c>NDC</c>.</summary>
    public required string Key { get; init; }

    /// <summary>Keys the project had before; cards named by them still belong to it.</summary>
    public IReadOnlyList<string> FormerKeys { get; init; } = [];

    public required string Name { get; init; }

    public required FrozenSet<string> Scopes
    {
        get;
        init
        {
            field = value;
            ScopeText = string.Join(' ', value.Order(StringComparer.Ordinal));
        }
    }

    /// <summary>The scopes in order, joined by spaces: said with each call, so made once.</summary>
    public string ScopeText { get; private init; } = "";
}
