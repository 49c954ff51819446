using System.Collections.Frozen;

namespace AgentGateway.Policy;

/// <summary>The closed list of scopes; a scope that is not here cannot be granted, required or forwarded.</summary>
public static class Scopes
{
    public static readonly FrozenSet<string> All = FrozenSet.Create(
        StringComparer.Ordinal,
        "project:read",
        "member:read",
        "card:read",
        "card:create",
        "card:update",
        "card:move",
        "card:close",
        "card:comment",
        "card:mention",
        "card:label",
        "card:assign",
        "card:link",
        "card:content:append",
        "card:content:replace",
        "card:content:check",
        "session:report",
        "project:member:add_existing");
}
