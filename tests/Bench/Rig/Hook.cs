using System.Net.Sockets;

namespace AgentGateway.Bench.Rig;

/// <summary>The environment that puts our startup hook into a .NET process, and what the hook answers.</summary>
internal sealed class Hook(Programs programs)
{
    private readonly string _socket = Path.Combine(programs.Folder, $"allocated-{Guid.CreateVersion7():N}");

    public IReadOnlyDictionary<string, string> Counting => new Dictionary<string, string>
    {
        ["DOTNET_STARTUP_HOOKS"] = typeof(StartupHook).Assembly.Location,
        [StartupHook.SocketPath] = _socket,
    };

    public static IReadOnlyDictionary<string, string> Switching(string name) => new Dictionary<string, string>
    {
        ["DOTNET_STARTUP_HOOKS"] = typeof(StartupHook).Assembly.Location,
        [StartupHook.SwitchName] = name,
    };

    /// <summary>Bytes that the process has allocated since it started.</summary>
    public async Task<long> ReadAllocatedAsync(CancellationToken cancel)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(_socket), cancel);
        var answer = new byte[sizeof(long)];
        var filled = 0;
        while (filled < answer.Length)
        {
            var received = await socket.ReceiveAsync(answer.AsMemory(filled), cancel);
            filled += received > 0 ? received : throw new InvalidOperationException("The startup hook did not answer.");
        }

        return BitConverter.ToInt64(answer);
    }
}
