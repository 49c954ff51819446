using AgentGateway.Security.Tests.Faults;

namespace AgentGateway.Security.Tests.Check;

/// <summary>What the gateway wrote, in itself and against what it answered.</summary>
internal static class LedgerRules
{
    public static IEnumerable<string> OnePayloadPerKey(Evidence evidence) =>
        from key in Admitted(evidence).GroupBy(row => row.Key)
        where key.Select(row => row.Arguments).Distinct().Count() > 1
        select $"Key {key.Key} was admitted for several payloads.";

    public static IEnumerable<string> EpochsCountUp(Evidence evidence) =>
        from key in Admitted(evidence).GroupBy(row => row.Key)
        let epochs = key.Select(row => row.Epoch).Order().ToList()
        where !epochs.SequenceEqual(Enumerable.Range(1, epochs.Count))
        select $"Key {key.Key} was admitted with the epochs {string.Join(", ", epochs)}.";

    /// <summary>Whatever an overtaken attempt ends with, it changes nothing.</summary>
    public static IEnumerable<string> OneKeptOutcome(Evidence evidence) =>
        from key in evidence.Audit.Where(row => row is { Kind: "settled", Key: not "" }).GroupBy(row => row.Key)
        let final = key.Count(row => row.Decision is "succeeded" or "failed")
        let late = key.Any(row => row.Decision is "in_doubt" or "released"
            && key.Any(other => other.Decision is "succeeded" or "failed" && other.Committed < row.Committed))
        where final > 1 || late
        select $"Key {key.Key} was settled {final} times for good{(late ? ", and once more after that" : "")}.";

    public static IEnumerable<string> SuccessIsSettledFirst(Evidence evidence)
    {
        var written = evidence.Audit.Where(row => row is { Kind: "settled", Decision: "succeeded" } or { Kind: "replayed" })
            .ToLookup(row => row.RequestId);
        var states = evidence.Keys.ToDictionary(row => row.Key, row => row.State, StringComparer.Ordinal);
        foreach (var intent in evidence.Writes())
        {
            foreach (var attempt in intent.Attempts.Where(attempt => attempt.Answer.Succeeded))
            {
                if (!written[attempt.Answer.RequestId].Any(row => row.Committed <= attempt.Answered.UtcDateTime))
                {
                    yield return $"{Checker.Name(intent)} was answered with success before that was written.";
                }

                if (states.GetValueOrDefault(Checker.Digest(intent)) is var state and not "succeeded")
                {
                    yield return $"{Checker.Name(intent)} was answered with success and is kept as {state ?? "nothing"}.";
                }
            }
        }
    }

    public static IEnumerable<string> RepeatedEndsFinal(Evidence evidence)
    {
        var states = evidence.Keys.ToDictionary(row => row.Key, row => row.State, StringComparer.Ordinal);
        return evidence.Unfinished.Select(intent =>
                $"{Checker.Name(intent)} got no final answer: {string.Join(", ", intent.Attempts.Select(one => one.Answer.Code).Distinct())}.")
            .Concat(from intent in evidence.Writes()
                    where intent.IsRepeated && states.GetValueOrDefault(Checker.Digest(intent)) is not ("succeeded" or "failed")
                    select $"{Checker.Name(intent)} is kept as {states.GetValueOrDefault(Checker.Digest(intent)) ?? "nothing"}.");
    }

    /// <summary>Nothing stays unknown, whether the agent asks again or not.</summary>
    public static IEnumerable<string> DoubtIsResolved(Evidence evidence) =>
        from row in evidence.Keys
        where row.State is "dispatching" or "in_doubt"
        select $"Key {row.Key} is still {row.State}.";

    /// <summary>An agent that hangs up, or asks too often, leaves no call without an outcome.</summary>
    public static IEnumerable<string> NoExcuseNoDoubt(Evidence evidence)
    {
        var settled = evidence.Audit.Where(row => row.Kind == "settled").ToLookup(row => row.Key);
        return from intent in evidence.Writes()
               where intent.MustSettle && Admitted(evidence).Any(row => row.Key == Checker.Digest(intent))
               let decisions = settled[Checker.Digest(intent)].Select(row => row.Decision).ToList()
               where decisions.Count == 0 || decisions.Contains("in_doubt", StringComparer.Ordinal)
               select $"{Checker.Name(intent)} was hindered by nobody and settled as {string.Join(", ", decisions.DefaultIfEmpty("nothing"))}.";
    }

    public static IEnumerable<string> OwnersChangeOnce(Evidence evidence)
    {
        var answered = evidence.Intents.Count(intent =>
            intent.Operation == Operation.Lifecycle && intent.Attempts.Any(attempt => attempt.Answer.Succeeded));
        if (evidence.Lifecycle.Changes != evidence.Lifecycle.Answers || evidence.Lifecycle.Changes < answered)
        {
            yield return $"Owners were answered {answered} times, {evidence.Lifecycle.Answers} answers are kept, "
                + $"and {evidence.Lifecycle.Changes} changes were made.";
        }
    }

    private static IEnumerable<AuditRow> Admitted(Evidence evidence) =>
        evidence.Audit.Where(row => row is { Kind: "admitted", Key: not "" });
}
