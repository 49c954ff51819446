using System.Net.Http.Headers;
using AgentGateway.Gateway.Configure;
using AgentGateway.Gateway.Ledger;
using AgentGateway.Gateway.Relay;
using AgentGateway.Policy;
using AgentGateway.Transforms.Response;

namespace AgentGateway.Security.Replica.Plants;

/// <summary>Asks Tasker for the card's comments when an outcome is unknown, and takes "not there" for "never".</summary>
internal sealed class ReconcileByGet(CallLedger ledger, CallAssertion assertions, Settings settings) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });

    public static void Plant(IServiceCollection services) => services
        .AddSingleton<ReconcileByGet>()
        .AddSingleton<CallSettlement>(provider => provider.GetRequiredService<ReconcileByGet>().SettleAsync);

    public void Dispose() => _http.Dispose();

    private async Task<Outcome> SettleAsync(Admission.Admitted admitted, Outcome outcome)
    {
        var permit = admitted.Request.Permit;
        if (outcome.Kind == OutcomeKind.InDoubt && permit.Rule.Tool == "add_comment" && !await IsThereAsync(permit, admitted.Id))
        {
            outcome = outcome with
            {
                Kind = OutcomeKind.Failed,
                Reason = Reasons.OperationFenced,
                Result = RefusalText.Write(Reasons.OperationFenced),
            };
        }

        return await ledger.TrySettleAsync(admitted, outcome);
    }

    private async Task<bool> IsThereAsync(Permit permit, Guid admission)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get, new Uri(settings.TaskerBaseUrl, $"/api/internal/nodedc/agent/v1/cards/{permit.Card}/comments"));
        var agent = permit.Authority.Agent;
        var headers = request.Headers;
        headers.Authorization = new AuthenticationHeaderValue("Bearer", settings.TaskerInternalToken.Reveal());
        headers.Add("X-NodeDC-Agent-Id", agent.Id);
        headers.Add("X-NodeDC-Agent-Name", Uri.EscapeDataString(agent.Name));
        headers.Add("X-NodeDC-Agent-Owner", agent.OwnerId);
        headers.Add("X-NodeDC-Workspace", agent.Workspace);
        headers.Add("X-NodeDC-Tool", permit.Rule.Tool);
        headers.Add("X-NodeDC-Project", string.Join(',', permit.Projects.Select(project => project.ProjectId.ToString("D"))));
        headers.Add("X-NodeDC-Scope", string.Join(' ', permit.Scopes.Order(StringComparer.Ordinal)));
        headers.Add("X-NodeDC-Assertion", assertions.Sign(permit, admission));
        using var answer = await _http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        var text = permit.Call.Arguments.GetProperty("body").GetString()!;
        return (await answer.Content.ReadAsStringAsync()).Contains(text, StringComparison.Ordinal);
    }
}
