namespace AgentGateway.Support;

/// <summary>Finds the repository the tests run in.</summary>
public static class Repository
{
    public static string Root { get; } = Find();

    public static string At(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ProxyGateway.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("No ProxyGateway.sln above the tests.");
    }
}
