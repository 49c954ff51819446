using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace AgentGateway.Gateway.Accept.Door;

/// <summary>One address to listen on: <c>http://</c> with a host name, an address, or <c>*</c> for any, and a port.</summary>
internal sealed record ListenAddress(string Host, int Port)
{
    /// <exception cref="FormatException">Not such an address; TLS ends at the ingress.</exception>
    public static ListenAddress Parse(string url)
    {
        var address = BindingAddress.Parse(url);
        return address.Scheme == "http" && !address.IsUnixPipe
            ? new ListenAddress(address.Host, address.Port)
            : throw new FormatException($"{url} is not http://HOST:PORT; TLS ends at the ingress before the gateway.");
    }

    /// <summary>Where somebody on this machine asks for it.</summary>
    public Uri Near(string path)
    {
        var isOne = IPAddress.TryParse(Host.Trim('[', ']'), out var address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any);
        return new UriBuilder("http", isOne ? Host : "127.0.0.1", Port, path).Uri;
    }

    public void Bind(KestrelServerOptions kestrel, Listener listener, ConnectionLimit? limit = null)
    {
        if (Host is "*" or "+")
        {
            kestrel.ListenAnyIP(Port, listen => listen.Serve(listener, limit));
        }
        else if (IPAddress.TryParse(Host.Trim('[', ']'), out var address))
        {
            kestrel.Listen(address, Port, listen => listen.Serve(listener, limit));
        }
        else
        {
            kestrel.ListenLocalhost(Port, listen => listen.Serve(listener, limit));
        }
    }
}
