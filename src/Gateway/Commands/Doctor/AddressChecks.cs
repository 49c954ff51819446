using System.Net;
using AgentGateway.Gateway.Accept;
using AgentGateway.Gateway.Accept.Door;
using AgentGateway.Gateway.Configure;
using AgentGateway.Gateway.Setup.Packet;

namespace AgentGateway.Gateway.Commands.Doctor;

/// <summary>What the settings say about secrets at rest, and about the names and ways by which agents come.</summary>
internal static class AddressChecks
{
    public static IEnumerable<Finding> Run(Settings settings) => [Pepper(settings), .. PublicUrl(settings), Listeners(settings), Origins(settings)];

    private static Finding Pepper(Settings settings) => settings.TokenPepper.IsMissing
        ? Finding.Warn(
            "pepper", "Agent tokens are stored as plain SHA-256: who writes the database can make tokens.",
            "Set NODEDC_AGENT_GATEWAY_TOKEN_PEPPER and rotate the tokens.")
        : Finding.Ok("pepper", "Agent tokens are stored under a pepper.");

    private static IEnumerable<Finding> PublicUrl(Settings settings)
    {
        if (!Uri.TryCreate(settings.PublicUrl, UriKind.Absolute, out var url))
        {
            yield return Finding.Fail("public url", "No address of this gateway is known.", "Set NODEDC_AGENT_GATEWAY_URLS.");
            yield break;
        }

        if (url.AbsolutePath.EndsWith(Protocol.Endpoint, StringComparison.Ordinal))
        {
            yield return Finding.Fail(
                "public url", $"{settings.PublicUrl} ends with /mcp, which is added to it.", "Set NODEDC_AGENT_GATEWAY_PUBLIC_URL without /mcp.");
        }

        var hosts = new FrontDoorOptions { Hosts = [.. settings.AllowedHosts] }.AllowedHosts();
        yield return hosts.Contains(url.Host)
            ? Finding.Ok("allowed hosts", $"Agents come to {settings.PublicUrl}, a name this gateway answers to.")
            : Finding.Fail(
                "allowed hosts", $"Agents come to {url.Host}, a name this gateway does not answer to.",
                $"Add {url.Host} to NODEDC_AGENT_GATEWAY_ALLOWED_HOSTS.");
        yield return PacketWriter.IsInTheClear(settings.PublicUrl)
            ? Finding.Warn(
                "public url", "Agents come over plain http from other machines: their tokens can be read on the way.",
                "Put TLS before the gateway and set NODEDC_AGENT_GATEWAY_PUBLIC_URL to https.")
            : Finding.Ok("public url", "Agents' tokens do not travel in the clear.");
    }

    private static Finding Listeners(Settings settings)
    {
        var open = settings.Urls.Concat(settings.InternalUrls).Where(url => !IsLoopback(url)).ToList();
        return open.Count == 0
            ? Finding.Ok("plain http", "Only this machine reaches the listeners.")
            : Finding.Warn(
                "plain http", $"Other machines reach {string.Join(", ", open)} without TLS.",
                "Let only the ingress reach it, or listen on 127.0.0.1.");
    }

    private static Finding Origins(Settings settings)
    {
        var clear = settings.AllowedOrigins.Where(origin => new Uri(origin) is { Scheme: "http", IsLoopback: false }).ToList();
        return clear.Count == 0
            ? Finding.Ok("origins", "No page from the clear network may call.")
            : Finding.Warn(
                "origins", $"Pages of {string.Join(", ", clear)} may call, and anybody on the network can write such a page.",
                "Allow https origins only in NODEDC_AGENT_GATEWAY_ALLOWED_ORIGINS.");
    }

    // A host name, as the listeners understand it, means this machine alone.
    private static bool IsLoopback(string url) => ListenerChecks.Parse(url) is not { } listener || (listener.Host is not ("*" or "+") and var host
        && (!IPAddress.TryParse(host.Trim('[', ']'), out var address) || IPAddress.IsLoopback(address)));
}
