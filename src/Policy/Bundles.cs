using System.Collections.Frozen;

namespace AgentGateway.Policy;

/// <summary>Named scope sets, each containing the one before it, so that an owner picks a word instead of seventeen boxes.</summary>
public static class Bundles
{
    private static readonly string[] Observer = ["project:read", "member:read", "card:read"];

    private static readonly string[] Reporter = [.. Observer, "card:comment", "card:link", "session:report"];

    private static readonly string[] Contributor =
    [
        .. Reporter, "card:create", "card:update", "card:move", "card:label", "card:assign",
        "card:content:append", "card:content:check",
    ];

    private static readonly string[] Maintainer =
    [
        .. Contributor, "card:close", "card:mention", "card:content:replace", "project:member:add_existing",
    ];

    public static readonly FrozenDictionary<string, FrozenSet<string>> ByName =
        new Dictionary<string, FrozenSet<string>>
        {
            ["observer"] = Observer.ToFrozenSet(StringComparer.Ordinal),
            ["reporter"] = Reporter.ToFrozenSet(StringComparer.Ordinal),
            ["contributor"] = Contributor.ToFrozenSet(StringComparer.Ordinal),
            ["maintainer"] = Maintainer.ToFrozenSet(StringComparer.Ordinal),
        }.ToFrozenDictionary(StringComparer.Ordinal);
}
