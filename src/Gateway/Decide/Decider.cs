using AgentGateway.Gateway.Authenticate;
using AgentGateway.Gateway.Sessions;
using AgentGateway.Policy;

namespace AgentGateway.Gateway.Decide;

/// <summary>Asks Policy; a denial from a cached authority is decided again on the database's, so that a fresh grant counts at once.</summary>
internal sealed class Decider(Manifest manifest, TokenAuthenticator authenticator, SessionSteps sessions)
{
    private readonly RuleBook _rules = manifest.Rules;

    /// <param name="authority">As it was known so far.</param>
    /// <param name="call">What is asked.</param>
    /// <param name="fresh">Whether the authority is already known to be out of date.</param>
    /// <param name="cancel">Of the request.</param>
    /// <returns>The decision and the authority it rests on.</returns>
    public async Task<(Decision Decision, Authority Authority)> DecideAsync(
        Authority authority, ToolCall call, bool fresh, CancellationToken cancel) =>
        await sessions.ResolveAsync(authority.Agent, call, cancel) is { } whole
            ? await JudgeAsync(authority, whole, fresh, cancel)
            : (new Denial(Reasons.LedgerUnavailable), authority);

    private async ValueTask<(Decision Decision, Authority Authority)> JudgeAsync(
        Authority authority, ToolCall call, bool fresh, CancellationToken cancel)
    {
        if (!fresh && _rules.Decide(authority, call) is Permit permit)
        {
            return (permit, authority);
        }

        return await authenticator.RefreshAsync(authority, cancel) switch
        {
            Authentication.Known known => (_rules.Decide(known.Authority, call), known.Authority),
            Authentication.Refused refused => (new Denial(refused.Reason) { Check = refused.Check }, authority),
            _ => throw new InvalidOperationException("A credential is known or refused."),
        };
    }
}
