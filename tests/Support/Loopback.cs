using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace AgentGateway.Support;

/// <summary>Addresses on this machine that nobody listens at yet.</summary>
public static class Loopback
{
    // Below what Linux and macOS give to outgoing connections: the kernel's own choice may be the next client's port
    // before the server that was promised it has started.
    private const int First = 15_000;
    private const int End = 32_000;

    /// <summary>A free port; chance keeps suites that run side by side apart.</summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = RandomNumberGenerator.GetInt32(First, End);
            if (IsFree(port))
            {
                return port;
            }
        }
    }

    public static Uri FreeAddress() => At(FreePort());

    public static Uri At(int port) => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));

    private static bool IsFree(int port)
    {
        using var probe = new TcpListener(IPAddress.Loopback, port);
        try
        {
            probe.Start();
            return true;
        }
        catch (SocketException failure) when (failure.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            return false;
        }
    }
}
