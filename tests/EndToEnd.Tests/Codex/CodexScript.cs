using System.Text.Json.Nodes;

namespace AgentGateway.EndToEnd.Tests.Codex;

/// <summary>What the model does in one turn, and what must hold for the answer it then gets.</summary>
internal sealed record CodexStep
{
    /// <summary>The bare name of a gateway tool; null for the other kinds of turn.</summary>
    public string? Tool { get; init; }

    /// <summary>Arguments, made from the answers so far.</summary>
    public Func<IReadOnlyList<ToolAnswer>, JsonObject> Arguments { get; init; } = _ => [];

    /// <summary>Words to look for tools with; the answer is the list of names.</summary>
    public string? LookFor { get; init; }

    public string? Say { get; init; }

    public Action<ToolAnswer>? Expect { get; init; }
}

/// <summary>A conversation written in advance: one step per turn of the model.</summary>
internal sealed class CodexScript
{
    private readonly List<CodexStep> _steps = [];

    private readonly List<string> _approved = [];

    public IReadOnlyList<CodexStep> Steps => _steps;

    /// <summary>The tools a person has told Codex to run without asking.</summary>
    public IReadOnlyList<string> ApprovedTools => _approved;

    public CodexScript Approve(params IEnumerable<string> tools)
    {
        _approved.AddRange(tools);
        return this;
    }

    public CodexScript Call(string tool, JsonObject arguments, Action<ToolAnswer> expect) =>
        Call(tool, _ => (JsonObject)arguments.DeepClone(), expect);

    public CodexScript Call(string tool, Func<IReadOnlyList<ToolAnswer>, JsonObject> arguments, Action<ToolAnswer> expect) =>
        Add(new CodexStep { Tool = tool, Arguments = arguments, Expect = expect });

    public CodexScript LookFor(string words, Action<ToolAnswer> expect) =>
        Add(new CodexStep { LookFor = words, Expect = expect });

    public CodexScript Say(string words) => Add(new CodexStep { Say = words });

    private CodexScript Add(CodexStep step)
    {
        _steps.Add(step);
        return this;
    }
}
