using System.Text.Json;
using AgentGateway.Gateway.Accept;
using AgentGateway.Gateway.Accept.Door;
using AgentGateway.Gateway.Authenticate;
using AgentGateway.Gateway.Decide;
using AgentGateway.Gateway.Owners.Api;
using AgentGateway.Gateway.Rest.OpenApi;
using AgentGateway.Policy;
using AgentGateway.Transforms.Mapping;
using Microsoft.AspNetCore.Http.Features;

namespace AgentGateway.Gateway.Rest;

/// <summary>The agents' routes beside MCP. Calls take the flow; what only reads is answered here.</summary>
internal static class RestRoutes
{
    public const string Prefix = "/api/v1";
    public const string Tools = Prefix + "/tools";
    public const string Call = Tools + "/{tool}";
    public const string Session = Prefix + "/agent-session";
    public const string OpenApi = Prefix + "/openapi.json";
    public const string InternalOpenApi = InternalGate.Prefix + "/openapi.json";

    /// <summary>Whether only an agent may pass: everything here that the front door's table does not call open.</summary>
    public static bool NeedToken(HttpContext http) => http.Request.Path == Protocol.Endpoint
        || (http.Request.Path.StartsWithSegments(Prefix, StringComparison.Ordinal) && http.Features.Get<FrontDoorRow>() is not { Open: true });

    public static void MapRest(this WebApplication app)
    {
        var services = app.Services;
        var catalog = services.GetRequiredService<ToolCatalog>();
        var sessions = services.GetRequiredService<AgentSessions>();
        Read(app, Tools, authority => Listing(catalog, authority));
        Read(app, Session, sessions.Describe);

        // Both are the same for everybody and hold no secret.
        var agents = AgentsDocument.Write(services.GetRequiredService<Manifest>());
        var owners = OwnersDocument.Write();
        app.MapMethods(OpenApi, ["GET"], http => Reply.ObjectAsync(http, agents));
        app.MapMethods(InternalOpenApi, ["GET"], http => Reply.ObjectAsync(http, owners));
    }

    // Each only after the authority was compared with the database: a revoked token reads nothing more.
    private static void Read(WebApplication app, string path, Func<Authority, byte[]> answer)
    {
        var refresh = app.Services.GetRequiredService<AuthorityRefresh>();
        var refusal = app.Services.GetRequiredService<CredentialRefusal>();
        app.MapMethods(path, ["GET"], async http =>
        {
            var authority = http.Features.GetRequiredFeature<Authority>();
            await (await refresh(authority, http.RequestAborted) switch
            {
                Authentication.Known known => Reply.ObjectAsync(http, answer(known.Authority)),
                Authentication.Refused refused => refusal.WriteAsync(http, refused, authority),
                _ => throw new InvalidOperationException("A credential is known or refused."),
            });
        });
    }

    private static byte[] Listing(ToolCatalog catalog, Authority authority)
    {
        using var buffer = new MemoryStream(48 * 1024);
        using (var writer = new Utf8JsonWriter(buffer, JsonOutput.Options))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("tools");
            foreach (var (rule, description) in catalog.Callable(authority))
            {
                writer.WriteStartObject();
                writer.WriteString("scope", rule.Scope);
                writer.WriteString("effect", rule.Effect == Effect.Write ? "write" : "read");
                using var described = JsonDocument.Parse(description);
                foreach (var member in described.RootElement.EnumerateObject())
                {
                    member.WriteTo(writer);
                }

                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
