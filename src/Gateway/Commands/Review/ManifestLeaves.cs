using System.Text.Json;
using AgentGateway.Gateway.Decide.Loading;

namespace AgentGateway.Gateway.Commands.Review;

/// <summary>
/// A manifest folder as flat pairs of place and value, one table a tool, so that two of them are compared without leaving anything
/// out. Arrays of words are sets: their place is <c>enum[word]</c>.
/// </summary>
internal sealed class ManifestLeaves
{
    /// <summary>Where everything that belongs to no tool is kept.</summary>
    public const string Shared = "(manifest)";

    private readonly SortedDictionary<string, SortedDictionary<string, string>> _tools = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, SortedDictionary<string, string>> Tools => _tools;

    /// <summary>Reads a folder that <see cref="ManifestReader"/> has accepted.</summary>
    public static ManifestLeaves Read(string directory)
    {
        var leaves = new ManifestLeaves();
        var root = Parse(Path.Combine(directory, "manifest.json"));
        foreach (var member in root.EnumerateObject())
        {
            switch (member.Name)
            {
                case "$schema":
                    break;
                case "Local":
                    leaves.AddTools(directory, member.Value);
                    break;
                case "ReverseProxy":
                    leaves.AddTools(directory, member.Value.GetProperty("Routes"));
                    Flatten("Clusters", member.Value.GetProperty("Clusters"), leaves.Of(Shared));
                    break;
                default:
                    Flatten(member.Name, member.Value, leaves.Of(Shared));
                    break;
            }
        }

        return leaves;
    }

    private void AddTools(string directory, JsonElement tools)
    {
        foreach (var tool in tools.EnumerateObject())
        {
            var leaves = Of(tool.Name);
            Flatten("", tool.Value, leaves);
            Flatten("Contract", Parse(Path.Combine(directory, "contracts", $"{tool.Name}.json")), leaves);
        }
    }

    private SortedDictionary<string, string> Of(string tool)
    {
        if (!_tools.TryGetValue(tool, out var leaves))
        {
            _tools.Add(tool, leaves = new SortedDictionary<string, string>(StringComparer.Ordinal));
        }

        return leaves;
    }

    private static void Flatten(string place, JsonElement value, SortedDictionary<string, string> into)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    Flatten(place.Length == 0 ? member.Name : $"{place}.{member.Name}", member.Value, into);
                }

                break;
            case JsonValueKind.Array:
                foreach (var (index, item) in value.EnumerateArray().Index())
                {
                    if (item.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
                    {
                        Flatten($"{place}[{index}]", item, into);
                    }
                    else
                    {
                        into[$"{place}[{item}]"] = "";
                    }
                }

                break;
            default:
                into[place] = value.GetRawText();
                break;
        }
    }

    private static JsonElement Parse(string path)
    {
        var faults = new List<string>();
        return StrictFile.Parse(File.ReadAllBytes(path), path, faults) ?? throw new Decide.ManifestException(faults);
    }
}
