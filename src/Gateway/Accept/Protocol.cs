using System.Collections.Frozen;

namespace AgentGateway.Gateway.Accept;

/// <summary>The protocol's own words that no package exports: revisions, header names, the endpoint.</summary>
internal static class Protocol
{
    public const string Endpoint = "/mcp";

    /// <summary>The largest message, in bytes.</summary>
    public const int BodyLimit = 256 * 1024;

    public const string Modern = "2026-07-28";

    /// <summary>What a client gets when it asks for a revision nobody knows.</summary>
    public const string CounterOffer = "2025-11-25";

    /// <summary>What the specification says a legacy request without the header speaks.</summary>
    public const string Unstated = "2025-03-26";

    public const string VersionHeader = "MCP-Protocol-Version";
    public const string MethodHeader = "Mcp-Method";
    public const string NameHeader = "Mcp-Name";
    public const string ParamHeaderPrefix = "Mcp-Param-";

    public const string NotificationPrefix = "notifications/";

    public static readonly FrozenSet<string> Legacy =
        FrozenSet.Create(StringComparer.Ordinal, "2024-11-05", "2025-03-26", "2025-06-18", CounterOffer);

    /// <summary>Newest first.</summary>
    public static readonly IReadOnlyList<string> Supported =
        [Modern, .. Legacy.OrderDescending(StringComparer.Ordinal)];
}

/// <summary>Which arguments of a tool also travel as <c>Mcp-Param-*</c> headers: header suffix to argument.</summary>
internal delegate IReadOnlyDictionary<string, string> ParamHeaders(string tool);
