using System.Text.Json;

namespace AgentGateway.Tasker.Agents;

/// <summary>A tool an agent may call: the scope it needs (null: none), whether it changes anything, and whether it is about a card.</summary>
internal sealed record ToolRow(string Name, string? Scope, bool Writes, bool IsOfCard)
{
    public bool IsOpenIn(string mode) => !Writes || mode switch
    {
        "read_only" => false,
        "reporting" => IsOfCard,
        _ => true,
    };
}

/// <summary>Foretells, from the reviewed manifest this build was made beside, which tools an agent will see.</summary>
internal static class ToolTable
{
    private static readonly JsonElement Manifest = Load();

    public static readonly IReadOnlyList<ToolRow> All =
    [
        .. Manifest.GetProperty("ReverseProxy").GetProperty("Routes").EnumerateObject()
            .Concat(Manifest.GetProperty("Local").EnumerateObject())
            .Select(tool => Row(tool.Name, tool.Value.GetProperty("Policy"))),
    ];

    /// <summary>The contract's name and version.</summary>
    public static readonly string Contract = Manifest.GetProperty("Contract").GetString() ?? "";

    public static IReadOnlyList<ToolRow> Callable(IReadOnlyCollection<string> scopes, string mode) =>
        [.. All.Where(tool => (tool.Scope is null || scopes.Contains(tool.Scope)) && tool.IsOpenIn(mode))];

    private static JsonElement Load()
    {
        using var stream = typeof(ToolTable).Assembly.GetManifestResourceStream("manifest.json")
            ?? throw new InvalidOperationException("manifest.json is not embedded.");
        using var manifest = JsonDocument.Parse(stream);
        return manifest.RootElement.Clone();
    }

    private static ToolRow Row(string name, JsonElement policy) => new(
        name,
        policy.GetProperty("Scope").GetString(),
        policy.GetProperty("Effect").GetString() == "write",
        policy.GetProperty("Project").GetString() is "card" or "session");
}
