namespace AgentGateway.Tasker.Tests.Blocks;

/// <summary>Compares with the files in golden; what differs is left in golden.actual, to be copied if intended.</summary>
internal static class Golden
{
    private static readonly string Root = Path.Combine(AppContext.BaseDirectory, "Blocks");

    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, "golden", file));

    public static void Matches(string file, string actual)
    {
        var path = Path.Combine(Root, "golden", file);
        var text = actual + "\n";
        if (File.Exists(path) && File.ReadAllText(path) == text)
        {
            return;
        }

        var beside = Path.Combine(Root, "golden.actual", file);
        Directory.CreateDirectory(Path.GetDirectoryName(beside)!);
        File.WriteAllText(beside, text);
        Assert.Equal(File.Exists(path) ? File.ReadAllText(path) : "", text);
    }
}
