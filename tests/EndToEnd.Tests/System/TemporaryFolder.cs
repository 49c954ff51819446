namespace AgentGateway.EndToEnd.Tests.System;

/// <summary>A folder of one run, gone afterwards.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder(string purpose) => Root = Directory.CreateTempSubdirectory($"agw-{purpose}-").FullName;

    public string Root { get; }

    public string Make(string name) => Directory.CreateDirectory(Path.Combine(Root, name)).FullName;

    public string Write(string name, string content)
    {
        var path = Path.Combine(Root, name);
        File.WriteAllText(path, content);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return path;
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(Root, recursive: true);
        }
        catch (IOException)
        {
            // A program that was just ended may still be writing; the system clears its temporary folder.
        }
    }
}
