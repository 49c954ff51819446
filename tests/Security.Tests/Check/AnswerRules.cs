using System.Text.RegularExpressions;
using AgentGateway.Security.Tests.Faults;

namespace AgentGateway.Security.Tests.Check;

/// <summary>What agents were told, in itself, and what is left when all is over.</summary>
internal static partial class AnswerRules
{
    // Two writers and what the pool keeps for a while; a session lost per fault would soon be more.
    private const int MostSessionsPerReplica = 10;

    /// <summary>A replay differs from the first answer in nothing but the mark that it is one.</summary>
    public static IEnumerable<string> RepliesAreTheSame(Evidence evidence) =>
        from intent in evidence.Writes()
        let replies = intent.Attempts.Where(attempt => attempt.Answer.Succeeded)
            .Select(attempt => Mark().Replace(attempt.Answer.Body, "")).Distinct().ToList()
        where replies.Count > 1
        select $"{Checker.Name(intent)} got {replies.Count} different answers.";

    public static IEnumerable<string> NothingBreaks(Evidence evidence) =>
        from intent in evidence.Intents
        from attempt in intent.Attempts
        let answer = attempt.Answer
        where answer.Code is "internal_error" or "error" || answer.Status is >= 500 and not (503 or 504)
        select $"{Checker.Name(intent)} was answered with {answer.Status} {answer.Code}.";

    /// <summary>A refusal that Postgres could not take is counted instead; the log says so, with the request's id.</summary>
    public static IEnumerable<string> EveryAnswerIsOnTheRecord(Evidence evidence)
    {
        var known = evidence.Audit.Select(row => row.RequestId).ToHashSet();
        return from intent in evidence.Intents
               where intent.Operation != Operation.Lifecycle
               from attempt in intent.Attempts
               let answer = attempt.Answer
               where answer.RequestId is not null && !known.Contains(answer.RequestId)
               where answer.Code is null || !evidence.Logs.Any(log => log.Contains($"{answer.RequestId}", StringComparison.Ordinal))
               select $"{Checker.Name(intent)} was answered ({answer.Code ?? "success"}) and is not in the audit.";
    }

    public static IEnumerable<string> NoSecrets(Evidence evidence) =>
        from log in evidence.Logs
        from secret in evidence.Secrets
        where log.Contains(secret, StringComparison.Ordinal)
        select "A log holds a secret.";

    public static IEnumerable<string> NothingIsLeftOver(Evidence evidence)
    {
        foreach (var row in evidence.Keys.Where(row => row.Orphan))
        {
            yield return $"Key {row.Key} is held by a lease that ended long ago.";
        }

        var (sessions, inTransaction, locks) = evidence.Leftovers;
        if (sessions > MostSessionsPerReplica * evidence.Replicas || inTransaction + locks > 0)
        {
            yield return $"{evidence.Replicas} replicas have {sessions} sessions, {inTransaction} of them in a transaction, {locks} locks.";
        }
    }

    [GeneratedRegex("""[,]?\\*"replayed\\*":(true|false)""")]
    private static partial Regex Mark();
}
