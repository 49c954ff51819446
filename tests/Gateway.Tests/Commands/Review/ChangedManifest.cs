using System.Text.Json.Nodes;
using AgentGateway.Support;

namespace AgentGateway.Gateway.Tests.Commands.Review;

/// <summary>A copy of the manifest with one thing changed in it.</summary>
internal sealed class ChangedManifest : IDisposable
{
    private ChangedManifest(string folder) => Folder = folder;

    public static string Original { get; } = Path.Combine(Repository.Root, "config");

    public string Folder { get; }

    /// <param name="file">Relative to the folder, such as <c>manifest.json</c>.</param>
    public static ChangedManifest With(string file, Action<JsonNode> change)
    {
        var folder = Copy();
        folder.Change(file, change);
        return folder;
    }

    public static ChangedManifest Copy()
    {
        var folder = Directory.CreateTempSubdirectory("agw-manifest-").FullName;
        foreach (var path in Directory.GetFiles(Original, "*.json", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(folder, Path.GetRelativePath(Original, path));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(path, copy);
        }

        return new ChangedManifest(folder);
    }

    public void Change(string file, Action<JsonNode> change)
    {
        var path = Path.Combine(Folder, file);
        var json = JsonNode.Parse(File.ReadAllText(path))!;
        change(json);
        File.WriteAllText(path, json.ToJsonString());
    }

    /// <summary>A new tool like <paramref name="like"/>, with another name and path.</summary>
    public void AddTool(string name, string like, string path)
    {
        Change("manifest.json", json =>
        {
            var routes = json["ReverseProxy"]!["Routes"]!;
            var route = routes[like]!.DeepClone();
            route["Match"]!["Path"] = path;
            route["Match"]!["Headers"]![0]!["Values"] = new JsonArray(name);
            routes[name] = route;
        });
        File.Copy(Path.Combine(Folder, "contracts", $"{like}.json"), Path.Combine(Folder, "contracts", $"{name}.json"));
        Change($"contracts/{name}.json", json => json["name"] = name);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
