namespace AgentGateway.EndToEnd.Tests.System;

/// <summary>The product's own binaries, as built beside these tests.</summary>
internal static class Programs
{
    public static string Gateway => Find("Gateway", "gateway");

    public static string Tasker => Find("Tasker", "tasker");

    public static string Launcher => Find("Launcher", "launcher");

    public static string Console => Find("Console", "console");

    /// <summary>The root of the repository, where <c>config/</c> lies.</summary>
    public static string Repository { get; } = FindRepository();

    // artifacts/bin/EndToEnd.Tests/debug/ and artifacts/bin/Gateway/debug/ are neighbours.
    private static string Find(string project, string binary)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var path = Path.Combine(own.Parent!.Parent!.FullName, project, own.Name, binary);
        return File.Exists(path) ? path : throw new InvalidOperationException($"{path} is missing: build {project} first.");
    }

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "ProxyGateway.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("These tests run inside the repository.");
        }

        return folder.FullName;
    }
}
