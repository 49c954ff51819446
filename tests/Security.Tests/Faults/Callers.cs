using AgentGateway.Security.Tests.Rig;

namespace AgentGateway.Security.Tests.Faults;

/// <summary>Tries intents as agents and owners do, and writes down every answer.</summary>
internal sealed class Callers(AgentDoor agents, OwnersDoor owners)
{
    // Codes that say "again": whatever else is answered is the end of it.
    private static readonly string[] Again =
    [
        "connection", "idempotency_in_progress", "ledger_unavailable", "admission_expired", "rate_limited", "upstream_unavailable",
        "outcome_unknown", "not_after_passed", "overloaded", "upstream_invalid",
    ];

    public async Task<CallAnswer> TryAsync(Intent intent, Replica replica, char payload = 'a', CancellationToken cancel = default)
    {
        var answer = intent.Operation == Operation.Lifecycle
            ? await ChangeAsync(intent, replica, payload)
            : await agents.CallAsync(replica, intent.Agent.Token, intent.Tool, intent.Arguments(payload), cancel);
        intent.Attempts.Enqueue(new Attempt(payload, answer, TimeProvider.System.GetUtcNow()));
        return answer;
    }

    /// <summary>Repeats the very same call until the answer is final; false when patience ends first.</summary>
    public async Task<bool> FinishAsync(Intent intent, Replica replica, TimeSpan patience)
    {
        intent.IsRepeated = true;
        for (var end = TimeProvider.System.GetUtcNow() + patience; TimeProvider.System.GetUtcNow() < end;)
        {
            var answer = await TryAsync(intent, replica);
            if (answer.Code is null || !Again.Contains(answer.Code, StringComparer.Ordinal))
            {
                return true;
            }

            await Task.Delay(500);
        }

        return false;
    }

    private async Task<CallAnswer> ChangeAsync(Intent intent, Replica replica, char payload)
    {
        var answer = await owners.AskAsync(
            replica, "PATCH", intent.Agent.Path, $$"""{"description":"{{intent.Marker(payload)}}"}""", intent.Key);
        var code = answer.Status switch
        {
            0 => "connection",
            >= 200 and < 300 => null,
            _ => (string?)answer.Body?["code"] ?? "error",
        };
        return new CallAnswer(answer.Status, code, answer.Body?.ToJsonString() ?? "");
    }
}
