using System.Diagnostics;
using System.Globalization;

namespace AgentGateway.Support;

/// <summary>
/// The temporary folder of one cluster, named after the test process, so that a later run can clear what a killed one left.
/// </summary>
internal sealed class PostgresFolder
{
    private const string NamePrefix = "agw-postgres-";

    private PostgresFolder(string root) => Root = root;

    public string Root { get; }

    public string Data => Path.Combine(Root, "data");

    public string Log => Path.Combine(Root, "server.log");

    public static PostgresFolder Create()
    {
        var name = $"{NamePrefix}{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}-{Guid.CreateVersion7():N}";
        var folder = new PostgresFolder(Path.Combine(Path.GetTempPath(), name));
        Directory.CreateDirectory(folder.Data);
        if (!OperatingSystem.IsWindows())
        {
            // The server starts on no folder that others may enter.
            File.SetUnixFileMode(folder.Data, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        File.WriteAllText(folder.Log, "");
        if (PostgresProcess.AsRoot)
        {
            using var own = Process.Start("chown", ["-R", PostgresProcess.ServerUser, folder.Root]);
            own.WaitForExit();
        }

        return folder;
    }

    public Task InitializeAsync() =>
        RunAsync("initdb", "-D", Data, "-U", "postgres", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C");

    /// <summary>A base backup of the server on that port of this machine.</summary>
    public Task CopyFromAsync(int port) => RunAsync(
        "pg_basebackup", "-D", Data, "-h", "127.0.0.1", "-p", port.ToString(CultureInfo.InvariantCulture), "-U", "postgres",
        "-X", "stream", "-c", "fast", "--no-sync");

    private async Task RunAsync(string program, params string[] arguments)
    {
        var run = PostgresProcess.Start(program, arguments, Log);
        await run.WaitForExitAsync();
        if (run.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} failed: {await File.ReadAllTextAsync(Log)}");
        }
    }

    /// <summary>Ends and removes the clusters of test processes that are gone.</summary>
    public static void RemoveLeftovers()
    {
        foreach (var root in Directory.EnumerateDirectories(Path.GetTempPath(), NamePrefix + "*"))
        {
            var owner = Path.GetFileName(root)[NamePrefix.Length..].Split('-')[0];
            if (int.TryParse(owner, CultureInfo.InvariantCulture, out var process) && !IsRunning(process))
            {
                TryRemove(new PostgresFolder(root));
            }
        }
    }

    private static void TryRemove(PostgresFolder folder)
    {
        try
        {
            folder.EndServer();
            Directory.Delete(folder.Root, recursive: true);
        }
        catch (IOException)
        {
            // Another is clearing the same folder, or its server is still letting go: the next run clears it.
        }
        catch (UnauthorizedAccessException)
        {
            // Left by another user, whose runs clear it.
        }
    }

    // Only a process that still serves this very folder is ended: numbers are reused.
    private void EndServer()
    {
        var lockFile = Path.Combine(Data, "postmaster.pid");
        if (File.Exists(lockFile)
            && int.TryParse(File.ReadLines(lockFile).First(), CultureInfo.InvariantCulture, out var server)
            && PostgresProcess.CommandLine(server).Contains(Data, StringComparison.Ordinal))
        {
            PostgresProcess.Kill(UnixSignal.Continue, server);
            PostgresProcess.Kill(UnixSignal.Quit, server);
            using var ending = TryGetProcess(server);
            ending?.WaitForExit(TimeSpan.FromSeconds(5));
        }
    }

    private static bool IsRunning(int process)
    {
        using var found = TryGetProcess(process);
        return found is { HasExited: false };
    }

    private static Process? TryGetProcess(int process)
    {
        try
        {
            return Process.GetProcessById(process);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
