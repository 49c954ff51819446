using AgentGateway.Gateway.Decide;
using AgentGateway.Gateway.Ledger;
using AgentGateway.Gateway.Observe;
using AgentGateway.Policy;
using AgentGateway.Transforms.Response;

namespace AgentGateway.Gateway.Relay;

/// <summary>Sends an admitted call where its tool is answered: to Tasker by its one route, or to the gateway itself.</summary>
internal sealed class Departures(
    Manifest manifest, ToolCatalog catalog, TaskerRelay tasker, LocalTools local, TimeProvider clock, ILogger<Departures> log)
{
    // A replica that was frozen after its admission must not send on a word that may have been taken back meanwhile.
    private static readonly TimeSpan MaxAdmissionAge = TimeSpan.FromSeconds(2);

    public AdmissionRequest RequestAdmission(Permit permit, CallOrigin origin)
    {
        var request = AdmissionRequests.Of(permit, origin, manifest.Digest);
        return request.IdempotencyKey is { } key
            ? request with { TaskerKey = tasker.FirstKey(permit.Authority.Agent.Id, key) }
            : request;
    }

    public async Task<Outcome> SendAsync(HttpContext http, RequestDelegate relay, Admission.Admitted admitted)
    {
        Stages.Enter(http, Stages.Relay);
        var started = clock.GetTimestamp();
        var permit = admitted.Request.Permit;
        var answer = catalog[permit.Rule.Tool].Route switch
        {
            null => new Answer { Kind = AnswerKind.Done, Result = local.Answer(permit) },
            _ when clock.GetElapsedTime(admitted.CommittedAt) > MaxAdmissionAge => AnswerReader.Expired(),
            var route => await tasker.SendAsync(http, relay, admitted, route),
        };
        if (answer.Fault.Length > 0)
        {
            log.AnswerWithheld(permit.Rule.Tool, admitted.Request.Origin.RequestId, answer.Fault);
        }

        var took = clock.GetElapsedTime(started);
        Measures.Relayed(permit.Rule.Tool, took);
        return Outcomes.Of(answer, permit.Card?.ToString(), took);
    }
}
