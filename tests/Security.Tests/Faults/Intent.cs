using System.Collections.Concurrent;
using System.Globalization;
using AgentGateway.Security.Tests.Rig;

namespace AgentGateway.Security.Tests.Faults;

/// <summary>What an agent does in a run.</summary>
internal enum Operation
{
    Read,
    Local,
    Create,
    Update,
    Move,
    Comment,
    Append,
    Lifecycle,
}

/// <summary>One try at an intent and what came of it.</summary>
internal sealed record Attempt(char Payload, CallAnswer Answer, DateTimeOffset Answered);

/// <summary>One thing an agent wants done once, under one key, and all that was tried for it.</summary>
internal sealed class Intent(int number, string fault, Operation operation, LiveAgent agent, string card)
{
    private static readonly string[] States = ["Backlog", "Todo", "In Progress", "In Review"];

    public int Number => number;

    public string Fault => fault;

    public Operation Operation => operation;

    public LiveAgent Agent => agent;

    public string Key { get; } = $"intent-{number:D6}";

    public ConcurrentQueue<Attempt> Attempts { get; } = new();

    public bool IsWrite => operation is not (Operation.Read or Operation.Local);

    /// <summary>An agent that asks the same thing again: at the end its outcome must be final.</summary>
    public bool IsRepeated { get; set; }

    /// <summary>Nothing that was done to this run excuses an outcome nobody knows.</summary>
    public bool MustSettle { get; init; }

    /// <summary>What the effect of a payload leaves in Tasker, and nothing else does.</summary>
    public string Marker(char payload) => operation == Operation.Update
        ? new DateOnly(2030, 1, 1).AddDays((2 * number) + (payload - 'a')).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
        : $"fx-{number:D6}-{payload}";

    public string Tool => operation switch
    {
        Operation.Read => "get_card",
        Operation.Local => "whoami",
        Operation.Create => "create_card",
        Operation.Update => "update_card",
        Operation.Move => "move_card",
        Operation.Comment => "add_comment",
        Operation.Append => "append_card_content",
        _ => throw new InvalidOperationException("An owner's change is no tool."),
    };

    public string Arguments(char payload)
    {
        var marker = Marker(payload);
        var own = operation switch
        {
            Operation.Read => $"\"card\":\"{card}\"",
            Operation.Local => "",
            Operation.Create => $"\"project\":\"NDC\",\"title\":\"{marker}\",\"allow_duplicate\":true",
            Operation.Update => $"\"card\":\"{card}\",\"due_date\":\"{marker}\"",
            Operation.Move => $"\"card\":\"{card}\",\"to_state\":\"{States[number % States.Length]}\",\"reason\":\"{marker}\"",
            Operation.Comment => $"\"card\":\"{card}\",\"body\":\"{marker}\"",
            Operation.Append => $"\"card\":\"{card}\",\"markdown\":\"{marker}\"",
            _ => throw new InvalidOperationException("An owner's change is no tool."),
        };
        return IsWrite ? $$"""{{{own}},"idempotency_key":"{{Key}}"}""" : $$"""{{{own}}}""";
    }
}
