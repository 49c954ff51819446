using System.Net.Sockets;

/// <summary>
/// Loaded into a measured process by the runtime (DOTNET_STARTUP_HOOKS), so that the product needs no code for being measured:
/// sets a switch, and tells on a Unix socket how much memory the process has allocated so far.
/// </summary>
internal static class StartupHook
{
    /// <summary>Environment variable with the name of a switch to set.</summary>
    public const string SwitchName = "BENCH_SWITCH";

    /// <summary>Environment variable with the path of the socket.</summary>
    public const string SocketPath = "BENCH_ALLOCATED_SOCKET";

    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(SwitchName) is { Length: > 0 } name)
        {
            AppContext.SetSwitch(name, true);
        }

        if (Environment.GetEnvironmentVariable(SocketPath) is { Length: > 0 } path)
        {
            new Thread(() => Tell(path)) { IsBackground = true }.Start();
        }
    }

    private static void Tell(string path)
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        while (true)
        {
            using var asked = listener.Accept();
            asked.Send(BitConverter.GetBytes(GC.GetTotalAllocatedBytes(precise: true)));
        }
    }
}
