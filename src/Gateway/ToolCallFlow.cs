using AgentGateway.Gateway.Accept;
using AgentGateway.Gateway.Decide;
using AgentGateway.Gateway.Ledger;
using AgentGateway.Gateway.Limits;
using AgentGateway.Gateway.Observe;
using AgentGateway.Gateway.Relay;
using AgentGateway.Policy;

namespace AgentGateway.Gateway;

/// <summary>The way of one tool call, straight down: decide, admit, relay, settle, reply. Nothing reaches Tasker on another way.</summary>
internal sealed class ToolCallFlow(
    RequestDelegate relay, AgentTurns turns, Decider decider, LedgerSteps ledger, Departures departures, CallReplies replies)
{
    // An authority can change while a call waits; more than a few changes within one call mean something is wrong.
    private const int MaxRounds = 3;

    public async Task InvokeAsync(HttpContext http)
    {
        if (http.Features.Get<CallEnvelope>() is not { } envelope)
        {
            await relay(http);
            return;
        }

        var (context, call) = (CallContext.Of(http, envelope), envelope.Call);

        // One agent cannot keep the others waiting.
        using var turn = await turns.TakeAsync(context.Authority.Agent.Id, http.RequestAborted);
        if (turn.Refusal is { } crowded)
        {
            await replies.RefuseAsync(http, context, call, crowded);
            return;
        }

        for (var round = 1; ; round++)
        {
            // Decide. Nothing below runs without a permit. A session tool's session is looked up first, whatever the agent says.
            Stages.Enter(http, Stages.Decide);
            var (decision, authority) = await decider.DecideAsync(context.Authority, call, fresh: round > 1, http.RequestAborted);
            context = context with { Authority = authority };
            if (decision is not Permit permit)
            {
                await replies.RefuseAsync(http, context, call, (Denial)decision);
                return;
            }

            // Admit. Durable before anything leaves; a repeated key is answered from the ledger, never sent twice.
            Stages.Enter(http, Stages.Admit);
            var request = departures.RequestAdmission(permit, context.Origin);
            if (await ledger.Admit(request, http.RequestAborted) is not { } admission)
            {
                await replies.RefuseAsync(http, context, call, new Denial(Reasons.LedgerUnavailable));
                return;
            }

            if (admission is Admission.StaleAuthority && round < MaxRounds)
            {
                continue;
            }

            if (admission is not Admission.Admitted admitted)
            {
                await replies.ReplyFromLedgerAsync(http, context, request, admission);
                return;
            }

            // Relay. The request of this context becomes the permit's; YARP matches its route a second time and sends it.
            var outcome = await departures.SendAsync(http, relay, admitted);

            // Settle. Durable before the agent sees a write's answer, even if the agent has gone.
            Stages.Enter(http, Stages.Settle);
            outcome = await ledger.Settle(admitted, outcome);
            await CallReplies.ReplyAsync(http, envelope, request, outcome, replayed: false);
            return;
        }
    }
}
