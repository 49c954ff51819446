using AgentGateway.Security.Tests.Faults;

namespace AgentGateway.Security.Tests.Check;

/// <summary>What was done in Tasker, against what was admitted and what was answered.</summary>
internal static class EffectRules
{
    // Codes that leave it open whether the change was made.
    private static readonly string[] Open = ["connection", "outcome_unknown", "upstream_invalid", "response_too_large"];

    public static IEnumerable<string> OneEffectPerKey(Evidence evidence) =>
        from intent in evidence.Writes()
        let effects = evidence.Effects(intent)
        where effects > 1
        select $"{Checker.Name(intent)} had {effects} effects.";

    /// <summary>A move into the state where the card already is leaves nothing behind.</summary>
    public static IEnumerable<string> SuccessIsAnEffect(Evidence evidence) =>
        from intent in evidence.Writes()
        where intent.Operation != Operation.Move
        from payload in "ab"
        where intent.Attempts.Any(attempt => attempt.Payload == payload && attempt.Answer.Succeeded)
        where evidence.Effects(intent, $"{payload}") != 1
        select $"{Checker.Name(intent)} was answered with success and had {evidence.Effects(intent, $"{payload}")} effects.";

    public static IEnumerable<string> NoEffectBeforeItsAdmission(Evidence evidence)
    {
        var admitted = evidence.Audit.Where(row => row.Kind == "admitted" && row.RequestId is not null)
            .ToLookup(row => $"{row.RequestId:D}", StringComparer.Ordinal);
        return from deed in evidence.Deeds
               where !admitted[deed.Trace].Any(row => row.Committed <= deed.At && row.Agent == deed.Agent)
               select $"{deed.Agent} did \"{deed.Text}\" (request {deed.Trace}) without an admission that was durable before.";
    }

    /// <summary>An answer that says "nothing was changed" is about its own request: that one must have done nothing.</summary>
    public static IEnumerable<string> RefusedIsNotDone(Evidence evidence)
    {
        var done = evidence.Deeds.Select(deed => deed.Trace).ToHashSet(StringComparer.Ordinal);
        return from intent in evidence.Writes()
               from attempt in intent.Attempts
               where attempt.Answer.Code is { } code && !Open.Contains(code, StringComparer.Ordinal)
               where done.Contains($"{attempt.Answer.RequestId:D}")
               select $"{Checker.Name(intent)} was refused ({attempt.Answer.Code}) and done all the same.";
    }

    public static IEnumerable<string> FinalFailureIsNoEffect(Evidence evidence)
    {
        var failed = evidence.Keys.Where(row => row.State == "failed").Select(row => row.Key).ToHashSet(StringComparer.Ordinal);
        return from intent in evidence.Writes()
               where failed.Contains(Checker.Digest(intent)) && evidence.Effects(intent) > 0
               select $"{Checker.Name(intent)} is settled as failed and had an effect.";
    }
}
