using AgentGateway.Policy;

namespace AgentGateway.Gateway.Authenticate;

/// <summary>Turns the one Authorization header into an authority, or refuses; any doubt refuses.</summary>
internal sealed class TokenAuthenticator
{
    /// <summary>Shape and checksum first (no database), then the digest's authority, cached with its version.</summary>
    public Task<Authentication> AuthenticateAsync(string? authorization, CancellationToken cancel) => throw new NotSupportedException();

    /// <summary>The authority as the database has it now: the same instance when its version still holds, a fresh one, or a refusal.</summary>
    public Task<Authentication> RefreshAsync(Authority authority, CancellationToken cancel) => throw new NotSupportedException();
}
