namespace AgentGateway.EndToEnd.Tests.Codex;

/// <summary>The three ways Codex puts MCP tools before a model; the model's name decides which.</summary>
public enum ToolMode
{
    /// <summary>The model writes JavaScript that calls <c>tools.mcp__server__tool(…)</c>.</summary>
    Code,

    /// <summary>The tools are deferred; the model finds them with <c>tool_search</c>.</summary>
    Search,

    /// <summary>Every tool is offered up front, in a namespace of the server.</summary>
    Direct,
}

/// <summary>The model names that select each mode in Codex 0.169.</summary>
internal static class ToolModes
{
    public static string Model(this ToolMode mode) => mode switch
    {
        ToolMode.Code => "gpt-6.1-sol",
        ToolMode.Search => "gpt-5.5",
        ToolMode.Direct => "scripted-direct",
        _ => throw new ArgumentOutOfRangeException(nameof(mode)),
    };
}
