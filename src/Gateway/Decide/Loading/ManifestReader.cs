using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace AgentGateway.Gateway.Decide.Loading;

/// <summary>Loads <c>config/</c> and reports every fault at once; the gateway does not start with one.</summary>
internal static class ManifestReader
{
    /// <summary>Throws <see cref="ManifestException"/> with all faults.</summary>
    public static Manifest Load(string directory)
    {
        var faults = new List<string>();
        var manifest = Read(directory, faults);
        return faults.Count == 0 && manifest is not null ? manifest : throw new ManifestException(faults);
    }

    /// <summary>SHA-256 over the names and bytes of manifest and contracts, in name order.</summary>
    public static string DigestOf(IEnumerable<(string Name, byte[] Bytes)> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, bytes) in files.OrderBy(file => file.Name, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{name}\0{bytes.Length}\0"));
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static Manifest? Read(string directory, List<string> faults)
    {
        var path = Path.Combine(directory, "manifest.json");
        if (!File.Exists(path))
        {
            faults.Add($"{path}: no such file. Set NODEDC_AGENT_GATEWAY_CONFIG_DIR to the folder that holds manifest.json.");
            return null;
        }

        var files = new List<(string Name, byte[] Bytes)> { ("manifest.json", File.ReadAllBytes(path)) };
        var contracts = Path.Combine(directory, "contracts");
        foreach (var file in Directory.Exists(contracts) ? Directory.GetFiles(contracts, "*.json") : [])
        {
            files.Add(($"contracts/{Path.GetFileName(file)}", File.ReadAllBytes(file)));
        }

        return StrictFile.Parse(files[0].Bytes, "manifest.json", faults) is { } root ? Compile(root, files, faults) : null;
    }

    private static Manifest? Compile(JsonElement root, List<(string Name, byte[] Bytes)> files, List<string> faults)
    {
        ManifestShape.CheckMembers(root, "manifest.json", ["$schema", "Contract", "ReverseProxy", "Local"], faults);
        var contract = root.TryGetProperty("Contract", out var name) && name.ValueKind == JsonValueKind.String ? name.GetString()! : "";
        if (contract.Length == 0)
        {
            faults.Add("manifest.json: Contract is missing.");
        }

        var proxy = ManifestShape.Object(root, "ReverseProxy", "manifest.json", faults);
        ManifestShape.CheckMembers(proxy, "ReverseProxy", ["Clusters", "Routes"], faults);
        var cluster = ClusterReader.Read(ManifestShape.Object(proxy, "Clusters", "ReverseProxy", faults), faults);
        var byName = files.ToDictionary(file => file.Name, file => file.Bytes, StringComparer.Ordinal);
        var tools = new List<ManifestTool>();
        // What an agent should call first is listed first.
        var local = root.TryGetProperty("Local", out var locals) ? locals : default;
        foreach (var tool in ManifestShape.Members(local))
        {
            Add(tools, ToolReader.ReadLocal(tool.Name, tool.Value, Contract(tool.Name, byName, faults), faults));
        }

        foreach (var route in ManifestShape.Members(ManifestShape.Object(proxy, "Routes", "ReverseProxy", faults)))
        {
            Add(tools, ToolReader.ReadRoute(route.Name, route.Value, Contract(route.Name, byName, faults), faults));
        }

        foreach (var orphan in byName.Keys.Where(file => file.StartsWith("contracts/", StringComparison.Ordinal)))
        {
            faults.Add($"{orphan}: no route and no local tool has this name.");
        }

        foreach (var twice in tools.GroupBy(tool => tool.Rule.Tool, StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            faults.Add($"{twice.Key}: is both a route and a local tool.");
        }

        return cluster is null ? null : new Manifest
        {
            Contract = contract,
            Digest = DigestOf(files),
            Tools = tools,
            Cluster = cluster,
        };
    }

    private static ToolContract? Contract(string tool, Dictionary<string, byte[]> files, List<string> faults)
    {
        if (!files.Remove($"contracts/{tool}.json", out var bytes))
        {
            faults.Add($"{tool}: contracts/{tool}.json is missing.");
            return null;
        }

        return ToolContract.Read(tool, bytes, faults);
    }

    private static void Add(List<ManifestTool> tools, ManifestTool? tool)
    {
        if (tool is not null)
        {
            tools.Add(tool);
        }
    }
}
