using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using AgentGateway.Gateway.Accept.Door;
using AgentGateway.Gateway.Configure;
using AgentGateway.Gateway.Decide;

namespace AgentGateway.Gateway.Commands.Doctor;

/// <summary>Each listening address: a gateway with this manifest answers there, or it is free for one.</summary>
internal sealed class ListenerChecks(Probe web, Settings settings, Manifest? manifest)
{
    public async IAsyncEnumerable<Finding> RunAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        foreach (var url in settings.Urls.Concat(settings.InternalUrls).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            yield return await CheckAsync(url, cancel);
        }
    }

    private async Task<Finding> CheckAsync(string url, CancellationToken cancel)
    {
        if (Parse(url) is not { } listener)
        {
            return Finding.Fail("listener", $"{url} is not http://HOST:PORT; TLS ends at the ingress.", "Write it as http://127.0.0.1:5080.");
        }

        if (listener.Port == 0)
        {
            return Finding.Ok("listener", $"{url} is any free port.");
        }

        var address = AddressOf(listener);
        if (await web.GetAsync(listener.Near("/healthz"), cancel) is not { } answer)
        {
            return Free(url, new IPEndPoint(address, listener.Port));
        }

        var digest = answer.Json.ValueKind is JsonValueKind.Object && answer.Json.TryGetProperty("manifest_digest", out var found)
            && found.ValueKind is JsonValueKind.String ? found.GetString() : null;
        return digest is null
                ? Finding.Fail("listener", $"Another program answers on {url}.", "Stop it, or listen on another port.")
            : digest != manifest?.Digest
                ? Finding.Warn("listener", $"The gateway on {url} serves another manifest.", "Restart it to serve this one.")
            : Finding.Ok("listener", $"A gateway with this manifest answers on {url}.");
    }

    private static Finding Free(string url, IPEndPoint endpoint)
    {
        try
        {
            using var listener = new TcpListener(endpoint) { ExclusiveAddressUse = true };
            listener.Start();
            listener.Stop();
            return Finding.Ok("listener", $"{url} is free; no gateway serves there yet.");
        }
        catch (SocketException taken)
        {
            return taken.SocketErrorCode == SocketError.AccessDenied
                ? Finding.Fail("listener", $"{url} may not be opened by this user.", "Choose a port above 1023.")
                : Finding.Fail(
                    "listener", $"{url} cannot be opened ({taken.SocketErrorCode}).", "Stop what uses it, or listen on another address.");
        }
    }

    /// <summary>Null when it is no address that this program can listen on.</summary>
    public static ListenAddress? Parse(string url)
    {
        try
        {
            return ListenAddress.Parse(url);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static IPAddress AddressOf(ListenAddress listener) => listener.Host is "*" or "+" ? IPAddress.Any
        : IPAddress.TryParse(listener.Host.Trim('[', ']'), out var address) ? address : IPAddress.Loopback;
}
