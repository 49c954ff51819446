using AgentGateway.Gateway.Decide;
using AgentGateway.Gateway.Ledger;
using AgentGateway.Policy;
using AgentGateway.Policy.Sessions;
using Npgsql;

namespace AgentGateway.Gateway.Sessions;

/// <summary>
/// What session tools do besides every call's way: the session is found before the decision, the change is noted before the
/// admission and made after the settlement. Every other call passes untouched.
/// </summary>
internal sealed class SessionSteps(
    Manifest manifest, SessionLookup lookup, SessionNotes notes, TimeProvider clock, ILogger<SessionSteps> log)
{
    private readonly Dictionary<string, SessionStep> _steps = manifest.Tools
        .Where(tool => tool.Rule.Session != SessionStep.None)
        .ToDictionary(tool => tool.Rule.Tool, tool => tool.Rule.Session, StringComparer.Ordinal);

    /// <summary>The call with its session; null: the database could not be asked, so nothing may be decided.</summary>
    public async ValueTask<ToolCall?> ResolveAsync(Agent agent, ToolCall call, CancellationToken cancel)
    {
        if (!_steps.TryGetValue(call.Tool, out var step))
        {
            return call;
        }

        try
        {
            var finding = await lookup.FindAsync(agent.Id, step, call).WaitAsync(LedgerDatabase.Patience, clock, cancel);
            return call with { Session = finding };
        }
        catch (Exception lost) when (lost is NpgsqlException or TimeoutException)
        {
            log.SessionNotFound(call.Tool, lost.GetType().Name);
            return null;
        }
    }

    /// <summary>Around the ledger's own: noted first, and taken back when the call was not admitted.</summary>
    public CallAdmission Around(CallAdmission admit) => async (request, cancel) =>
    {
        // What only repeats an earlier call changes nothing.
        if (request.Permit.Rule.Session == SessionStep.None || request.Permit.Call.Session?.Repeats is not null)
        {
            return await admit(request, cancel);
        }

        bool? isNew;
        try
        {
            isNew = await notes.NoteAsync(request).WaitAsync(LedgerDatabase.Patience, clock, cancel);
        }
        catch (Exception lost) when (lost is NpgsqlException or TimeoutException)
        {
            log.SessionNotKept(request.Permit.Rule.Tool, lost.GetType().Name);
            return null;
        }

        if (isNew is not { } mine)
        {
            // A session of the agent on this card began meanwhile: the call is about that one, and is decided again.
            return new Admission.StaleAuthority();
        }

        var admission = await admit(request, cancel);
        await AfterAsync(request, admission, mine);
        return admission;
    };

    /// <summary>Around the ledger's own: the session changes before the agent reads that it has.</summary>
    public CallSettlement Around(CallSettlement settle) => async (admitted, outcome) =>
    {
        var settled = await settle(admitted, outcome);
        if (admitted.Request.Permit.Rule.Session != SessionStep.None)
        {
            await KeepAsync(admitted.Request, () => notes.ConcludeAsync(admitted.Request, settled));
        }

        return settled;
    };

    private Task AfterAsync(AdmissionRequest request, Admission? admission, bool mine) => admission switch
    {
        // Whether it was admitted is not known, or what came of it: the outcome decides, whoever learns it.
        null or Admission.Admitted or Admission.InDoubt => Task.CompletedTask,
        Admission.Replay replay when !mine => KeepAsync(request, () => notes.ConcludeAsync(request, replay.Outcome)),
        _ when mine => KeepAsync(request, () => notes.DropAsync(
            request.Permit.Authority.Agent.Id, KeyDigest.Of(request.Permit.Authority.Agent.Id, request.IdempotencyKey!))),
        _ => Task.CompletedTask,
    };

    // The call is settled whatever happens here; what is left undone is made up for in a later round.
    private async Task KeepAsync(AdmissionRequest request, Func<Task> change)
    {
        try
        {
            await change().WaitAsync(LedgerDatabase.Patience, clock);
        }
        catch (Exception lost) when (lost is NpgsqlException or TimeoutException)
        {
            log.SessionNotKept(request.Permit.Rule.Tool, lost.GetType().Name);
        }
    }
}
