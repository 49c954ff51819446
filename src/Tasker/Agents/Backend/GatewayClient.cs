using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;

namespace AgentGateway.Tasker.Agents.Backend;

/// <summary>The gateway as one owner may use it: no request of this type can name anybody else's agents.</summary>
/// <param name="wire">Carries the requests.</param>
/// <param name="owner">From the session, never from a form.</param>
/// <param name="actor">Who acts; another than the owner only when an administrator stops agents.</param>
internal sealed partial class GatewayClient(GatewayWire wire, Guid owner, Guid actor)
{
    private static readonly GatewayJson Json = GatewayJson.Default;

    public Task<GatewayReply<AgentsAnswer>> AgentsAsync(CancellationToken cancel) =>
        wire.ReadAsync($"owners/{owner:D}/agents", Json.AgentsAnswer, cancel);

    public Task<GatewayReply<AgentAnswer>> AgentAsync(string agent, CancellationToken cancel) =>
        ReadAsync(agent, "", Json.AgentAnswer, cancel);

    public Task<GatewayReply<TokensAnswer>> TokensAsync(string agent, CancellationToken cancel) =>
        ReadAsync(agent, "/tokens", Json.TokensAnswer, cancel);

    public Task<GatewayReply<ActivityAnswer>> ActivityAsync(string agent, string? cursor, CancellationToken cancel) =>
        ReadAsync(agent, cursor is null ? "/activity" : $"/activity?cursor={Uri.EscapeDataString(cursor)}", Json.ActivityAnswer, cancel);

    public Task<GatewayReply<ReviewAnswer>> ReviewAsync(string agent, CancellationToken cancel) =>
        ReadAsync(agent, "/access-review", Json.ReviewAnswer, cancel);

    public Task<GatewayReply<AgentAnswer>> CreateAsync(CreateAgentBody body, string key, CancellationToken cancel) => wire.WriteAsync(
        new GatewayWrite(HttpMethod.Post, $"owners/{owner:D}/agents", actor, key), body, Json.CreateAgentBody, Json.AgentAnswer, cancel);

    public Task<GatewayReply<AgentAnswer>> PatchAsync(string agent, PatchAgentBody body, string key, CancellationToken cancel) =>
        WriteAsync(agent, "", body, Json.PatchAgentBody, Json.AgentAnswer, key, cancel, HttpMethod.Patch);

    /// <param name="deed">revoke or suspend.</param>
    public Task<GatewayReply<StoppedAnswer>> StopAsync(string agent, string deed, CauseBody body, string key, CancellationToken cancel) =>
        WriteAsync(agent, $"/{deed}", body, Json.CauseBody, Json.StoppedAnswer, key, cancel);

    public Task<GatewayReply<AgentAnswer>> ResumeAsync(string agent, string key, CancellationToken cancel) =>
        WriteAsync(agent, "/resume", new EmptyBody(), Json.EmptyBody, Json.AgentAnswer, key, cancel);

    public Task<GatewayReply<GrantAnswer>> GrantAsync(string agent, string project, string bundle, string key, CancellationToken cancel) =>
        WriteAsync(
            agent, $"/grants/{Uri.EscapeDataString(project)}", new ReachBody(bundle), Json.ReachBody, Json.GrantAnswer, key, cancel,
            HttpMethod.Put);

    public Task<GatewayReply<EndedAnswer>> RevokeGrantAsync(string agent, string project, string key, CancellationToken cancel) =>
        WriteAsync(
            agent, $"/grants/{Uri.EscapeDataString(project)}/revoke", new CauseBody("taken back by its owner"), Json.CauseBody,
            Json.EndedAnswer, key, cancel);

    public Task<GatewayReply<IssuedAnswer>> IssueAsync(string agent, TokenBody body, string key, CancellationToken cancel) =>
        WriteAsync(agent, "/tokens", body, Json.TokenBody, Json.IssuedAnswer, key, cancel);

    public Task<GatewayReply<IssuedAnswer>> RotateAsync(string agent, Guid token, RotateBody body, string key, CancellationToken cancel) =>
        WriteAsync(agent, $"/tokens/{token:D}/rotate", body, Json.RotateBody, Json.IssuedAnswer, key, cancel);

    public Task<GatewayReply<EndedAnswer>> RevokeTokenAsync(
        string agent, Guid token, CauseBody body, string key, CancellationToken cancel) =>
        WriteAsync(agent, $"/tokens/{token:D}/revoke", body, Json.CauseBody, Json.EndedAnswer, key, cancel);

    public Task<GatewayReply<SetupPacket>> PacketAsync(string agent, string key, CancellationToken cancel) =>
        WriteAsync(agent, "/setup-packet", new EmptyBody(), Json.EmptyBody, Json.SetupPacket, key, cancel);

    public Task<GatewayReply<PairingAnswer>> PairingAsync(string code, CancellationToken cancel) =>
        IsCode(code) ? wire.ReadAsync(Pairing(code), Json.PairingAnswer, cancel) : Missing<PairingAnswer>();

    public Task<GatewayReply<PairingAnswer>> ApproveAsync(string code, ApproveBody body, string key, CancellationToken cancel) =>
        DecideAsync(code, "/approve", body, Json.ApproveBody, key, cancel);

    public Task<GatewayReply<PairingAnswer>> DenyAsync(string code, string key, CancellationToken cancel) =>
        DecideAsync(code, "/deny", new DenyBody("not started by the owner"), Json.DenyBody, key, cancel);

    /// <summary>Whether the person may have agents; a fault with 404: the Launcher has said nothing of the person.</summary>
    public Task<GatewayReply<EntitlementAnswer>> EntitlementAsync(string client, CancellationToken cancel) => wire.ReadAsync(
        $"entitlements/{Uri.EscapeDataString(client)}/{owner:D}/codex_agents", Json.EntitlementAnswer, cancel);

    public Task<GatewayReply<HealthAnswer>> HealthAsync(CancellationToken cancel) => wire.ProbeAsync("healthz", Json.HealthAnswer, cancel);

    private Task<GatewayReply<T>> ReadAsync<T>(string agent, string rest, JsonTypeInfo<T> shape, CancellationToken cancel)
        where T : class => IsAgent(agent) ? wire.ReadAsync(Of(agent) + rest, shape, cancel) : Missing<T>();

    private Task<GatewayReply<TAnswer>> WriteAsync<TBody, TAnswer>(
        string agent, string rest, TBody body, JsonTypeInfo<TBody> sent, JsonTypeInfo<TAnswer> shape, string key,
        CancellationToken cancel, HttpMethod? method = null)
        where TAnswer : class => IsAgent(agent)
            ? wire.WriteAsync(new GatewayWrite(method ?? HttpMethod.Post, Of(agent) + rest, actor, key), body, sent, shape, cancel)
            : Missing<TAnswer>();

    private Task<GatewayReply<PairingAnswer>> DecideAsync<TBody>(
        string code, string deed, TBody body, JsonTypeInfo<TBody> sent, string key, CancellationToken cancel) => IsCode(code)
            ? wire.WriteAsync(
                new GatewayWrite(HttpMethod.Post, Pairing(code) + deed, actor, key), body, sent, Json.PairingAnswer, cancel)
            : Missing<PairingAnswer>();

    private string Of(string agent) => $"owners/{owner:D}/agents/{agent}";

    private string Pairing(string code) => $"owners/{owner:D}/pairings/{code}";

    private static bool IsAgent(string agent) => AgentForm().IsMatch(agent);

    private static bool IsCode(string code) => CodeForm().IsMatch(code);

    private static Task<GatewayReply<T>> Missing<T>()
        where T : class => Task.FromResult(new GatewayReply<T> { Fault = GatewayFault.Missing() });

    // What is no id never becomes part of an address.
    [GeneratedRegex(@"\Aag_[A-Za-z0-9]{1,64}\z")]
    private static partial Regex AgentForm();

    [GeneratedRegex(@"\A[A-Za-z-]{1,20}\z")]
    private static partial Regex CodeForm();
}
