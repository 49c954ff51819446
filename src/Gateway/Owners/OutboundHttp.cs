using System.Net;
using System.Net.Http.Headers;

namespace AgentGateway.Gateway.Owners;

/// <summary>Makes the client for one neighbour: no redirect, no proxy, no cookie, bounded in time and size.</summary>
internal static class OutboundHttp
{
    public static HttpClient Create(Uri baseUrl, TimeSpan timeout, int largestAnswerBytes)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            MaxResponseHeadersLength = 16,
            ConnectTimeout = TimeSpan.FromSeconds(2),
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        };
        var http = new HttpClient(handler)
        {
            BaseAddress = new Uri(baseUrl.AbsoluteUri.TrimEnd('/') + '/'),
            Timeout = timeout,
            MaxResponseContentBufferSize = largestAnswerBytes,
        };
        http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        return http;
    }
}
