using System.Security.Cryptography;
using System.Text;
using AgentGateway.Security.Tests.Faults;

namespace AgentGateway.Security.Tests.Check;

/// <summary>
/// Compares what agents were told with what the gateway wrote and what Tasker did; shares no code with either of them.
/// </summary>
internal static class Checker
{
    private static readonly Func<Evidence, IEnumerable<string>>[] Rules =
    [
        EffectRules.OneEffectPerKey, EffectRules.SuccessIsAnEffect, EffectRules.NoEffectBeforeItsAdmission,
        EffectRules.RefusedIsNotDone, EffectRules.FinalFailureIsNoEffect,
        LedgerRules.OnePayloadPerKey, LedgerRules.EpochsCountUp, LedgerRules.OneKeptOutcome, LedgerRules.SuccessIsSettledFirst,
        LedgerRules.RepeatedEndsFinal, LedgerRules.NoExcuseNoDoubt, LedgerRules.DoubtIsResolved,
        LedgerRules.OwnersChangeOnce,
        AnswerRules.RepliesAreTheSame, AnswerRules.NothingBreaks, AnswerRules.EveryAnswerIsOnTheRecord, AnswerRules.NoSecrets,
        AnswerRules.NothingIsLeftOver,
    ];

    /// <summary>Every violation as a sentence, named by its rule; none is what is wanted.</summary>
    public static IReadOnlyList<string> Check(Evidence evidence) =>
        [.. Rules.SelectMany(rule => rule(evidence).Select(found => $"{rule.Method.Name}: {found}"))];

    public static string Digest(Intent intent) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{intent.Agent.Id}\n{intent.Key}")));

    public static string Name(Intent intent) => $"{intent.Key} ({intent.Operation} under {intent.Fault})";

    /// <summary>How often the marker of one payload, or of both, stands in Tasker.</summary>
    public static int Effects(this Evidence evidence, Intent intent, string payloads = "ab") => payloads.Sum(payload =>
        evidence.Texts.Where(text => text.Agent == intent.Agent.Id).Sum(text => Count(text.Text, intent.Marker(payload))));

    /// <summary>Calls of tools that leave something behind.</summary>
    public static IEnumerable<Intent> Writes(this Evidence evidence) =>
        evidence.Intents.Where(intent => intent.IsWrite && intent.Operation != Operation.Lifecycle);

    private static int Count(string text, string marker) => text.Split(marker).Length - 1;
}
