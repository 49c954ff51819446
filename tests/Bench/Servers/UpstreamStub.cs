using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace AgentGateway.Bench.Servers;

/// <summary>Stands in for Tasker: constant answers, and a refusal when a call does not come as the adapter demands.</summary>
internal static class UpstreamStub
{
    private const string Prefix = "/api/internal/nodedc/agent/v1";

    private static readonly byte[] Refusal = Encoding.UTF8.GetBytes(
        """
        {"type":"urn:nodedc:problem:operation_forbidden","title":"Forbidden","status":403,"code":"operation_forbidden",
        "detail":"The bench upstream does not expect this request.","retryable":false}
        """);

    /// <param name="port">HTTP/1.1.</param>
    /// <param name="cleartextHttp2Port">HTTP/2 by prior knowledge.</param>
    public static Task RunAsync(int port, int cleartextHttp2Port)
    {
        var app = Listener.Build(
            kestrel =>
            {
                kestrel.ListenLocalhost(port, listen => listen.Protocols = HttpProtocols.Http1);
                kestrel.ListenLocalhost(cleartextHttp2Port, listen => listen.Protocols = HttpProtocols.Http2);
            },
            _ => { });
        app.Run(AnswerAsync);
        return Listener.RunAsync(app);
    }

    private static async Task AnswerAsync(HttpContext http)
    {
        var (status, body) = Choose(http.Request);
        // What Tasker would do as well: the request is read before it is answered.
        await http.Request.Body.CopyToAsync(Stream.Null);
        http.Response.StatusCode = status;
        http.Response.ContentType = status < 300 ? "application/json" : "application/problem+json";
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body);
    }

    private static (int Status, byte[] Body) Choose(HttpRequest request)
    {
        var path = request.Path.Value ?? "";
        if (path == "/mcp")
        {
            return (200, AdapterAnswers.Card);
        }

        var known = path.StartsWith(Prefix, StringComparison.Ordinal) && request.Headers.Authorization.Count == 1;
        var scoped = known && request.Headers["X-NodeDC-Project"] == AdapterAnswers.Project;
        return path[(known ? Prefix.Length : 0)..] switch
        {
            $"/cards/{AdapterAnswers.CardKey}" when scoped && HttpMethods.IsGet(request.Method) => (200, AdapterAnswers.Card),
            $"/cards/{AdapterAnswers.CardKey}/comments" when scoped && HttpMethods.IsPost(request.Method)
                && request.Headers["Idempotency-Key"].Count == 1 => (201, AdapterAnswers.CommentReceipt),
            $"/workspaces/{AdapterAnswers.Workspace}/projects/resolve" when known => (200, AdapterAnswers.ResolvedProject),
            _ => (403, Refusal),
        };
    }
}
