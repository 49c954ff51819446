using System.IdentityModel.Tokens.Jwt;
using System.Security.Claims;
using System.Text;
using AgentGateway.Policy;
using Microsoft.IdentityModel.Tokens;

namespace AgentGateway.Gateway.Relay;

/// <summary>Signs what the headers say (RFC 7519, HS256, 30 s), so that Tasker can tell the gateway's word from anybody else's.</summary>
internal sealed class CallAssertion(string? key, string keyId, TimeProvider clock)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30);

    private readonly JwtSecurityTokenHandler _handler = new();
    private readonly SigningCredentials? _credentials = key is null
        ? null
        : new SigningCredentials(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(key)) { KeyId = keyId }, SecurityAlgorithms.HmacSha256);

    /// <summary>Null when no key is configured.</summary>
    public string? Sign(Permit permit, Guid admission)
    {
        if (_credentials is null)
        {
            return null;
        }

        var now = clock.GetUtcNow().UtcDateTime;
        var token = new JwtSecurityToken(
            issuer: "agent-gateway",
            audience: "tasker-adapter",
            claims:
            [
                new Claim("sub", permit.Authority.Agent.Id),
                new Claim("owner", permit.Authority.Agent.OwnerId),
                new Claim("tool", permit.Rule.Tool),
                new Claim("project", string.Join(',', permit.Projects.Select(project => project.ProjectId.ToString("D")))),
                new Claim("scope", string.Join(' ', permit.Scopes.Order(StringComparer.Ordinal))),
                new Claim("jti", admission.ToString("D")),
            ],
            notBefore: now - TimeSpan.FromSeconds(5),
            expires: now + Lifetime,
            signingCredentials: _credentials);
        return _handler.WriteToken(token);
    }
}
