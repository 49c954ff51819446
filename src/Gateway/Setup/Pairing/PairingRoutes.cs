using AgentGateway.Gateway.Owners;
using AgentGateway.Gateway.Owners.Api;
using AgentGateway.Policy;
using Npgsql;

namespace AgentGateway.Gateway.Setup.Pairing;

/// <summary>Shows an owner who asks, and takes the owner's decision; what the device may do is the owner's choice alone.</summary>
internal sealed class PairingRoutes(NpgsqlDataSource database, PairingBook book, AgentBook agents, AgentRoutes bodies)
{
    public const string One = InternalGate.Prefix + "/owners/{owner}/pairings/{code}";
    public const string Approve = One + "/approve";
    public const string Deny = One + "/deny";

    private const int LongestDays = 3650;
    private const int LongestCause = 300;

    public async Task<OwnerAnswer> ShowAsync(OwnerRequest request, CancellationToken cancel)
    {
        var pairing = await book.FindAsync(request.OwnerId, request.Route("code"), request.OwnerId, cancel);
        await using var connection = await database.OpenConnectionAsync(cancel);
        var agent = pairing is { Decision: "approved", AgentId: { } id }
            ? await OwnerReads.AgentAsync(connection, request.OwnerId, id, cancel)
            : null;
        return Answer(pairing.View(), agent);
    }

    public async Task<OwnerAnswer> ApproveAsync(OwnerRequest request, CancellationToken cancel)
    {
        var body = request.Body(PairingBodyJson.Default.ApproveBody);
        var days = Text.Check("$.token_days", body.TokenDays, 1, LongestDays);
        if (body.Agent is null == body.AgentId is null)
        {
            throw RequestRefusedException.Invalid("$", "Either agent, for a new one, or agent_id must be given.");
        }

        var pairing = await book.FindAsync(request.OwnerId, request.Route("code"), request.Actor, cancel);
        if (pairing.Decision is not null)
        {
            throw new RequestRefusedException(Reasons.PairingDecided);
        }

        return body.Agent is { } wanted
            ? await ApproveNewAsync(request, pairing, await bodies.ReadAsync("$.agent", request.OwnerId, wanted, cancel), days, cancel)
            : await ApproveKnownAsync(request, pairing, body.AgentId!, days, cancel);
    }

    public async Task<OwnerAnswer> DenyAsync(OwnerRequest request, CancellationToken cancel)
    {
        var body = request.Body(PairingBodyJson.Default.DenyBody);
        var cause = body.Reason is null ? null : Text.Check("$.reason", body.Reason, LongestCause, shortest: 0);
        var pairing = await book.FindAsync(request.OwnerId, request.Route("code"), request.Actor, cancel);
        var answer = Answer(pairing.View("denied"), null);
        return await book.DenyAsync(pairing, new Denying(request.OwnerId, request.Actor, cause, request.Key, answer), cancel);
    }

    private async Task<OwnerAnswer> ApproveNewAsync(
        OwnerRequest request, PairingRow pairing, NewAgent wanted, int days, CancellationToken cancel)
    {
        OwnerAnswer? answer = null;
        await agents.CreateAsync(
            wanted,
            request.Actor,
            async (connection, created) =>
            {
                await book.ApproveAsync(connection, pairing, new Approval(created, request.Actor, days), cancel);
                var view = await OwnerReads.AgentAsync(connection, request.OwnerId, created.Id, cancel);
                answer = Answer(pairing.View("approved"), view);
                if (request.Key is { } key)
                {
                    await StoredAnswers.KeepAsync(connection, key, answer, cancel);
                }
            },
            cancel);
        return answer!;
    }

    private async Task<OwnerAnswer> ApproveKnownAsync(
        OwnerRequest request, PairingRow pairing, string agentId, int days, CancellationToken cancel)
    {
        await using var change = await AuthorityChange.BeginAsync(database, agentId, cancel, request.OwnerId)
            ?? throw new RequestRefusedException(Reasons.NotFound, "$.agent_id");
        if (await PairingRedemption.RefusalOfAsync(change, cancel) is { } refusal)
        {
            throw new RequestRefusedException(refusal, "$.agent_id");
        }

        await book.ApproveAsync(change.Connection, pairing, new Approval(change.Agent.ToAgent(), request.Actor, days), cancel);
        var view = await OwnerReads.AgentAsync(change.Connection, request.OwnerId, agentId, cancel);
        var answer = Answer(pairing.View("approved"), view);
        var note = new LifecycleNote("agent_paired", request.Actor, $"pairing {pairing.Id}");
        await change.CommitAsync(note, request.Key, _ => answer, cancel);
        return answer;
    }

    private static OwnerAnswer Answer(PairingView pairing, AgentView? agent) =>
        OwnerReply.Json(200, new PairingAnswer(pairing, agent), PairingAnswerJson.Default.PairingAnswer);
}
