using AgentGateway.Canon.Serve;
using AgentGateway.Launcher.Delivery;
using AgentGateway.Launcher.Pages.Access;

namespace AgentGateway.Launcher.Pages.Records;

/// <summary>What became of one message to the gateway, in a word with its tone and in a sentence.</summary>
public sealed record DeliveryNews(string Tone, string Word, string Sentence, DateTime? At)
{
    /// <summary>Null: there was never anything to tell the gateway.</summary>
    public static DeliveryNews? Of(AccessRow row, Words words) => row.PushState is null
        ? null
        : Of(row.PushState, row.Attempts, row.LastError, row.Applied, row.DeliveredAt, row.OccurredAt, words);

    public static DeliveryNews Of(DeliveryState push, Words words) =>
        Of(push.State, push.Attempts, push.LastError, push.Applied, push.DeliveredAt, push.OccurredAt, words);

    /// <summary>The error as the deliverer noted it, as a sentence that says what to look at.</summary>
    public static string Explain(string? error, Words words) => error switch
    {
        null or "" => "",
        "status 401" or "status 403" => words["push.error.token"],
        "status 404" or "status 405" => words["push.error.route"],
        "status 429" => words["push.error.busy"],
        "no answer in time" => words["push.error.slow"],
        _ when error.StartsWith("status 200", StringComparison.Ordinal) => words["push.error.stranger"],
        _ when error.StartsWith("status 5", StringComparison.Ordinal) => words["push.error.failed"],
        _ when error.StartsWith("status ", StringComparison.Ordinal) => words["push.error.content"],
        _ => words["push.error.away"],
    };

    private static DeliveryNews Of(
        string state, int attempts, string? error, bool? applied, DateTime? deliveredAt, DateTime? occurredAt, Words words)
    {
        var cause = Explain(error, words);
        return state switch
        {
            "delivered" => new("good", words["push.delivered"], words[applied == false ? "push.known" : "push.applied"], deliveredAt),
            "superseded" => new("quiet", words["push.superseded"], words["push.superseded.text"] + " " + cause, null),
            _ when attempts == 0 => new("soon", words["push.pending"], words["push.pending.text"], occurredAt),
            _ => new("late", words["push.retrying"], words["push.retrying.text", attempts] + " " + cause, occurredAt),
        };
    }
}
