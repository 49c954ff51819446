using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AgentGateway.Canon.SignIn;

/// <summary>Why a launch was refused.</summary>
public enum LaunchFault
{
    None,
    Invalid,
    Expired,
    Used,
}

/// <summary>Believes a launch token once: from a trusted issuer, meant for this application, in its minute.</summary>
public sealed class LaunchReader(string audience, IReadOnlyList<TrustedIssuer> trusted, TimeProvider clock)
{
    private const int LongestToken = 4096;
    private const int LongestWord = 200;

    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(5);

    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = LongestToken };
    private readonly UsedTokens _used = new(clock);

    public async Task<(Person? Person, LaunchFault Fault)> ReadAsync(string? text)
    {
        if (text is not { Length: > 0 and <= LongestToken })
        {
            return (null, LaunchFault.Invalid);
        }

        var result = await _handler.ValidateTokenAsync(text, new TokenValidationParameters
        {
            ValidAudience = audience,
            IgnoreTrailingSlashWhenValidatingAudience = false,
            ValidTypes = [LaunchIssuer.Type],
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            // One issuer's key must not sign for another: the key is looked up by both names.
            IssuerSigningKeyResolver = (_, token, kid, _) => Keys(token.Issuer, kid),
            IssuerValidator = (issuer, _, _) => trusted.Any(one => one.Name == issuer) ? issuer : throw new SecurityTokenInvalidIssuerException(),
            // Told apart below, after everything else holds.
            LifetimeValidator = (_, _, _, _) => true,
        });
        return result is { IsValid: true, SecurityToken: JsonWebToken token } && Read(token) is { } person
            ? Spend(token, person)
            : (null, LaunchFault.Invalid);
    }

    private IEnumerable<SecurityKey> Keys(string issuer, string? kid) =>
        trusted.Where(one => one.Name == issuer && one.Key.KeyId == kid).Select(one => one.Key);

    private (Person?, LaunchFault) Spend(JsonWebToken token, Person person)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        if (token.ValidTo <= now - Skew || token.ValidFrom > now + Skew || token.ValidTo > now + LaunchIssuer.Lifetime + Skew)
        {
            return (null, LaunchFault.Expired);
        }

        return _used.TrySpend($"{token.Issuer}\n{token.Id}", token.ValidTo + Skew) ? (person, LaunchFault.None) : (null, LaunchFault.Used);
    }

    private static Person? Read(JsonWebToken token)
    {
        var role = Roles.Of(Word(token, "role"));
        return role is { } known && token.Id is { Length: >= 16 and <= LongestWord }
            && Word(token, "sub") is { } id && Word(token, "name") is { } name
            ? new Person(id, name, known, Word(token, "client"))
            : null;
    }

    private static string? Word(JsonWebToken token, string claim) =>
        token.TryGetPayloadValue<string>(claim, out var word) && word is { Length: > 0 and <= LongestWord } ? word : null;
}
