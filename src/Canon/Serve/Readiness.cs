using System.Net;
using Microsoft.AspNetCore.Http;

namespace AgentGateway.Canon.Serve;

/// <summary>Asks a program of this machine whether it is ready; a container without a shell checks its health with it.</summary>
public static class Readiness
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    /// <summary>The exit code: 0 when <c>/readyz</c> says so at the first of the addresses, else 1 and a sentence.</summary>
    /// <param name="program">Who says the sentence.</param>
    /// <param name="urls">Where it listens, separated by ';'.</param>
    /// <param name="cancel">Ends the wait.</param>
    public static async Task<int> AskAsync(string program, string urls, CancellationToken cancel)
    {
        // Whoever listens everywhere is asked here.
        var address = BindingAddress.Parse(urls.Split(';')[0]);
        var isOne = IPAddress.TryParse(address.Host.Trim('[', ']'), out var known)
            && !known.Equals(IPAddress.Any) && !known.Equals(IPAddress.IPv6Any);
        using var http = new HttpClient { Timeout = Patience };
        using var request = new HttpRequestMessage(
            HttpMethod.Get, new UriBuilder("http", isOne ? address.Host : "127.0.0.1", address.Port, "/readyz").Uri);
        try
        {
            using var answer = await http.SendAsync(request, cancel);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                return 0;
            }

            await System.Console.Error.WriteLineAsync($"{program}: not ready ({(int)answer.StatusCode}).");
        }
        catch (Exception lost) when (lost is HttpRequestException or TaskCanceledException)
        {
            await System.Console.Error.WriteLineAsync($"{program}: nobody answers.");
        }

        return 1;
    }
}
