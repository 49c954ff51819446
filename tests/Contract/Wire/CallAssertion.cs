using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AgentGateway.Contract.Check;

namespace AgentGateway.Contract.Wire;

/// <summary>Signs a call's headers as the gateway does (JWT, HS256), when there is a key.</summary>
internal static class CallAssertion
{
    private const int SecondsValid = 60;

    public static string? Sign(AdapterClient client) =>
        client.Options.AssertionKey is { } key ? Sign(client, key, client.Scopes) : null;

    public static string Sign(AdapterClient client, string key, string scopes)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var signed = Part(new { alg = "HS256", typ = "JWT" }) + "." + Part(new
        {
            iss = "agent-gateway",
            aud = "tasker-adapter",
            sub = client.AgentId,
            owner = client.Owner.ToString("D"),
            tool = AdapterClient.Tool,
            project = client.Projects ?? "",
            scope = scopes,
            jti = Rig.NewKey(),
            iat = now,
            nbf = now,
            exp = now + SecondsValid,
        });
        return signed + "." + Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.ASCII.GetBytes(signed)));
    }

    private static string Part(object content) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(content));
}
