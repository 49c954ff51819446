using AgentGateway.Gateway.Decide;
using AgentGateway.Gateway.Relay;
using AgentGateway.Policy;
using AgentGateway.Transforms;
using AgentGateway.Transforms.Response;

namespace AgentGateway.Gateway.Ledger.Reconcile;

/// <summary>
/// Settles writes in doubt by Tasker's word on their key: done, and the stored answer is kept as a live one would be; or
/// fenced, so never done, and the agent may try again under a new key to Tasker. It never repeats an effect, and never reads
/// to guess one.
/// </summary>
internal sealed class Reconciler(
    DoubtTable doubts, OperationResolver tasker, ToolCatalog catalog, DoubtAlarm alarm, TimeProvider clock,
    ILogger<Reconciler> log) : Recurring(TimeSpan.FromSeconds(2), clock)
{
    private const int Batch = 16;
    private const int AtOnce = 4;

    /// <summary>For the agent's own retry, before anything is sent for it again.</summary>
    /// <returns>Whether the row is settled now, by this call or by another: ask the ledger again.</returns>
    public async Task<bool> TryResolveAsync(AdmissionRequest request, Admission.InDoubt found, CancellationToken cancel) =>
        request is { IdempotencyKey: { } key, TaskerKey: not null } && await TrySettleAsync(Doubt.Of(request, key, found), cancel);

    /// <summary>One round over what is due.</summary>
    /// <returns>How many were taken.</returns>
    public async Task<int> RunOnceAsync(CancellationToken cancel)
    {
        var due = await doubts.TakeAsync(Batch, cancel);
        await Parallel.ForEachAsync(
            due,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel },
            async (doubt, stop) => await TrySettleAsync(doubt, stop));
        return due.Count;
    }

    protected override async Task RoundAsync(CancellationToken stopping)
    {
        while (await RunOnceAsync(stopping) == Batch)
        {
        }

        await alarm.LookAsync(stopping);
    }

    protected override void Tell(Exception failure) => log.ReconcilerWaits(failure.GetType().Name);

    private async Task<bool> TrySettleAsync(Doubt doubt, CancellationToken cancel)
    {
        var started = Clock.GetTimestamp();
        try
        {
            var resolution = await tasker.ResolveAsync(doubt, cancel);
            var fenced = resolution.Stored is null;
            var answer = resolution.Stored is { } stored ? Read(doubt, stored) : Fenced();
            var outcome = Outcomes.Of(answer, doubt.Card, Clock.GetElapsedTime(started));
            await doubts.SettleAsync(doubt, outcome, fenced);
            return true;
        }
        catch (Exception lost) when (lost is not OperationCanceledException)
        {
            log.StillInDoubt(doubt.Tool, doubt.AdmissionId, lost is NotResolvedException ? lost.Message : lost.GetType().Name);
            return false;
        }
    }

    // By the very rules of a live answer. What those do not let through stays in doubt: it was done, and nobody can say what.
    private Answer Read(Doubt doubt, Arrival stored)
    {
        var route = doubt.Asked is null && !catalog.Has(doubt.Tool) ? null : catalog[doubt.Tool].Route;
        if (route is null)
        {
            throw new NotResolvedException("a tool that the manifest has no more");
        }

        var scope = doubt.Asked is { } asked
            ? CallScope.Of(asked.Permit)
            : new CallScope(doubt.Projects, doubt.Agent.Workspace, Arguments: null, IsWrite: true);
        var answer = AnswerReader.Read(scope, route.Request, route.Response, stored);
        return answer.Kind is AnswerKind.Done or AnswerKind.Refused
            ? answer
            : throw new NotResolvedException($"the stored answer is withheld: {answer.Fault}");
    }

    private static Answer Fenced() => new()
    {
        Kind = AnswerKind.NotDone,
        Reason = Reasons.OperationFenced,
        Result = RefusalText.Write(Reasons.OperationFenced),
    };
}
