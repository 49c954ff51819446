using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AgentGateway.Tasker.Adapter;

/// <summary>Holds the headers to the gateway's signed word, when Tasker was given the key it is signed with.</summary>
internal sealed class CallAssertion(TaskerSettings settings, TimeProvider clock)
{
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(5);

    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false };
    private readonly SymmetricSecurityKey? _key = settings.AssertionKey is { } key ? new(Encoding.UTF8.GetBytes(key)) : null;

    public async Task CheckAsync(HttpRequest request, Caller caller)
    {
        if (_key is null)
        {
            return;
        }

        if (request.Headers["X-NodeDC-Assertion"] is not [{ } token])
        {
            throw Refuse.Unauthenticated();
        }

        var result = await _handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = "agent-gateway",
            ValidAudience = "tasker-adapter",
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            IssuerSigningKey = _key,
            // The gateway's key id serves its own rotation; one key is configured here, and it must fit.
            TryAllIssuerSigningKeys = true,
            LifetimeValidator = (from, until, _, _) => IsNow(from, until),
        });
        if (!result.IsValid || !Matches(result.ClaimsIdentity.FindFirst, caller))
        {
            throw Refuse.Unauthenticated();
        }
    }

    private bool IsNow(DateTime? from, DateTime? until)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return until is { } end && end > now - Skew && (from is not { } start || start < now + Skew);
    }

    private static bool Matches(Func<string, System.Security.Claims.Claim?> claim, Caller caller) =>
        claim("sub")?.Value == caller.AgentId
        && claim("owner")?.Value == caller.Owner.ToString("D")
        && claim("tool")?.Value == caller.Tool
        && Guids(claim("project")?.Value).SetEquals(caller.Projects)
        && Words(claim("scope")?.Value).SetEquals(caller.Scopes);

    private static HashSet<Guid> Guids(string? text) =>
        [.. (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(part => Guid.TryParse(part, out var id) ? id : Guid.Empty)];

    private static HashSet<string> Words(string? text) => [.. (text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)];
}
