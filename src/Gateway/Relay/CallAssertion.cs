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
    public string? Sign(Permit permit, Guid admission) => _credentials is null ? null : Sign(
        new AssertedCall(
            permit.Authority.Agent.Id,
            permit.Authority.Agent.OwnerId,
            permit.Rule.Tool,
            string.Join(',', permit.Projects.Select(project => project.ProjectId.ToString("D"))),
            string.Join(' ', permit.Scopes.Order(StringComparer.Ordinal))),
        admission);

    /// <summary>The same of what the gateway says on its own account.</summary>
    public string? Sign(AssertedCall call, Guid id)
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
                new Claim("sub", call.Agent),
                new Claim("owner", call.Owner),
                new Claim("tool", call.Tool),
                new Claim("project", call.Projects),
                new Claim("scope", call.Scopes),
                new Claim("jti", id.ToString("D")),
            ],
            notBefore: now - TimeSpan.FromSeconds(5),
            expires: now + Lifetime,
            signingCredentials: _credentials);
        return _handler.WriteToken(token);
    }
}

/// <summary>What an assertion says, as the headers say it.</summary>
internal sealed record AssertedCall(string Agent, string Owner, string Tool, string Projects, string Scopes);
