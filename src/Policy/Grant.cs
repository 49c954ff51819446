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

/// <summary>Finds grants by what calls name: keys of projects, current and former, exact names, ids.</summary>
internal static class GrantSearch
{
    public static Grant? ByPrefix(this Authority authority, CardKey key) =>
        authority.Grants.FirstOrDefault(grant => grant.Key == key.Prefix)
        ?? authority.Grants.FirstOrDefault(grant => grant.FormerKeys.Contains(key.Prefix, StringComparer.Ordinal));

    public static Grant? ById(this Authority authority, Guid projectId) =>
        authority.Grants.FirstOrDefault(grant => grant.ProjectId == projectId);

    /// <summary>For a refusal: a few to choose from.</summary>
    public static IReadOnlyList<string> Keys(this Authority authority) => [.. authority.Grants.Select(grant => grant.Key).Take(5)];

    /// <summary>One when the text is a key or an id, else all that have the name.</summary>
    public static IReadOnlyList<Grant> Named(this Authority authority, string name)
    {
        var byKey = authority.Grants.FirstOrDefault(grant =>
            string.Equals(grant.Key, name, StringComparison.OrdinalIgnoreCase)
            || grant.FormerKeys.Contains(name, StringComparer.OrdinalIgnoreCase)
            || (Guid.TryParseExact(name, "D", out var id) && id == grant.ProjectId));
        return byKey is null
            ? [.. authority.Grants.Where(grant => string.Equals(grant.Name, name, StringComparison.OrdinalIgnoreCase))]
            : [byKey];
    }
}
