namespace AgentGateway.Bench.Rig;

/// <summary>The settings of a gateway that speaks HTTP/2 to its upstream by prior knowledge: ours, with one line changed.</summary>
internal static class CleartextHttp2
{
    private const string Shipped = "\"Version\": \"1.1\"";

    /// <param name="folder">Gets a copy of the configuration.</param>
    /// <param name="upstreamPort">Where the upstream speaks HTTP/2 alone.</param>
    public static IReadOnlyDictionary<string, string> Settings(string folder, int upstreamPort)
    {
        var ours = Path.Combine(Programs.Repository, "config");
        var copy = Path.Combine(folder, "config-h2c");
        foreach (var file in Directory.EnumerateFiles(ours, "*", SearchOption.AllDirectories))
        {
            var text = File.ReadAllText(file);
            var to = Path.Combine(copy, Path.GetRelativePath(ours, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to) ?? copy);
            File.WriteAllText(to, text.Replace(Shipped, "\"Version\": \"2\"", StringComparison.Ordinal));
        }

        return new Dictionary<string, string>
        {
            ["NODEDC_AGENT_GATEWAY_CONFIG_DIR"] = copy,
            ["NODEDC_TASKER_BASE_URL"] = $"http://127.0.0.1:{upstreamPort}",
        };
    }
}
