namespace AgentGateway.Tasker.Agents;

/// <summary>Names for how far agents may go, smallest first; each contains the one before it.</summary>
internal static class Bundles
{
    private static readonly string[] Observer = ["project:read", "member:read", "card:read"];

    private static readonly string[] Reporter = [.. Observer, "card:comment", "card:link", "session:report"];

    private static readonly string[] Contributor =
    [
        .. Reporter, "card:create", "card:update", "card:move", "card:label", "card:assign", "card:content:append",
        "card:content:check",
    ];

    private static readonly string[] Maintainer =
    [
        .. Contributor, "card:close", "card:mention", "card:content:replace", "project:member:add_existing",
    ];

    public static readonly IReadOnlyList<string> Names = ["observer", "reporter", "contributor", "maintainer"];

    public static readonly IReadOnlyList<string> Modes = ["full", "reporting", "read_only"];

    /// <summary>The scopes of a bundle; none for a word that names no bundle.</summary>
    public static IReadOnlyList<string> Scopes(string? bundle) => bundle switch
    {
        "observer" => Observer,
        "reporter" => Reporter,
        "contributor" => Contributor,
        "maintainer" => Maintainer,
        _ => [],
    };

    /// <summary>The bundle of exactly these scopes; null when they are none's.</summary>
    public static string? NameOf(IEnumerable<string> scopes)
    {
        var set = scopes.ToHashSet(StringComparer.Ordinal);
        return Names.FirstOrDefault(name => set.SetEquals(Scopes(name)));
    }
}
