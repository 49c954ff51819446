using System.Text.RegularExpressions;
using AgentGateway.Gateway.Owners.Api;
using AgentGateway.Policy;

namespace AgentGateway.Gateway.Owners.Entitlements;

/// <summary>Takes the Launcher's word on who may have agents, one by one or all at once.</summary>
internal sealed partial class EntitlementRoutes(EntitlementBook book)
{
    public const string One = InternalGate.Prefix + "/entitlements/{client}/{user}/codex_agents";
    public const string Batch = InternalGate.Prefix + "/entitlements:batch";

    /// <summary>As long as the Launcher lets a reason be: a block must not fail for its words.</summary>
    public const int LongestReason = 500;

    private const int LongestActor = 200;

    public static bool IsId(string? text) => Id().IsMatch(text ?? "");

    public async Task<OwnerAnswer> ShowAsync(OwnerRequest request, CancellationToken cancel)
    {
        var found = await book.FindAsync(request.Route("client"), request.Route("user"), cancel)
            ?? throw new RequestRefusedException(Reasons.NotFound);
        return OwnerReply.Json(200, new EntitlementAnswer(found), AnswerJson.Default.EntitlementAnswer);
    }

    public async Task<OwnerAnswer> PutAsync(OwnerRequest request, CancellationToken cancel)
    {
        var word = Check("$", request.Body(BodyJson.Default.EntitlementBody));
        var (client, user) = (request.Route("client"), request.Route("user"));
        if ((word.ClientId ?? client) != client || (word.UserId ?? user) != user)
        {
            throw RequestRefusedException.Invalid("$", "The body names somebody else than the address.");
        }

        return OwnerReply.Json(200, await book.ApplyAsync(client, user, word, cancel), AnswerJson.Default.AppliedAnswer);
    }

    /// <summary>Every one is checked before the first is applied; who is not named stays as he is.</summary>
    public async Task<OwnerAnswer> BatchAsync(OwnerRequest request, CancellationToken cancel)
    {
        var words = request.Body(BodyJson.Default.EntitlementBatchBody).Entitlements;
        for (var index = 0; index < words.Count; index++)
        {
            var field = $"$.entitlements[{index}]";
            var word = words[index] ?? throw RequestRefusedException.Invalid(field, "It is null.");
            Check(field, word);
            if (!IsId(word.ClientId) || !IsId(word.UserId))
            {
                throw RequestRefusedException.Invalid(field, "It must name client_id and user_id.");
            }
        }

        var results = new List<AppliedAnswer>();
        foreach (var word in words)
        {
            results.Add(await book.ApplyAsync(word.ClientId!, word.UserId!, word, cancel));
        }

        var answer = new BatchAnswer(results.Count(result => result.Applied), results);
        return OwnerReply.Json(200, answer, AnswerJson.Default.BatchAnswer);
    }

    private static EntitlementBody Check(string field, EntitlementBody word)
    {
        Text.Check($"{field}.reason", word.Reason, LongestReason, shortest: 0);
        Text.Check($"{field}.actor", word.Actor, LongestActor);
        return word.Version > 0 ? word : throw RequestRefusedException.Invalid($"{field}.version", "It must be above zero.");
    }

    // The form that an address can name.
    [GeneratedRegex(@"\A[A-Za-z0-9._~-]{1,128}\z")]
    private static partial Regex Id();
}
