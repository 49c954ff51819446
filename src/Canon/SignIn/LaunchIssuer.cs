using System.Globalization;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AgentGateway.Canon.SignIn;

/// <summary>Signs a person into another application: one word for one use within a minute.</summary>
public sealed class LaunchIssuer(string issuer, ECDsaSecurityKey key, TimeProvider clock)
{
    internal const string Type = "launch+jwt";

    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(60);

    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly SigningCredentials _signer = new(key, SecurityAlgorithms.EcdsaSha256);

    public string Issue(string audience, Person person)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var claims = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["sub"] = person.Id,
            ["name"] = person.Name,
            ["role"] = Roles.Word(person.Role),
            ["jti"] = Guid.CreateVersion7(clock.GetUtcNow()).ToString("N", CultureInfo.InvariantCulture),
        };
        if (person.Client is { } client)
        {
            claims["client"] = client;
        }

        return _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = audience,
            Claims = claims,
            IssuedAt = now,
            NotBefore = now,
            Expires = now + Lifetime,
            TokenType = Type,
            SigningCredentials = _signer,
        });
    }
}
