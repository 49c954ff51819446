using System.Text.Json;
using AgentGateway.Gateway.Decide;
using AgentGateway.Policy;
using ModelContextProtocol;

namespace AgentGateway.Gateway.Accept;

/// <summary>One tool call as its door brought it: what is asked, and in which shape it is answered. There are two doors.</summary>
internal abstract record CallEnvelope
{
    public abstract ToolCall Call { get; }

    public abstract Task AnswerAsync(HttpContext http, ReadOnlyMemory<byte> result);

    /// <param name="http">The request's.</param>
    /// <param name="reason">Why.</param>
    /// <param name="refusal">The structured refusal, one JSON object: the same at both doors.</param>
    public abstract Task RefuseAsync(HttpContext http, Reason reason, ReadOnlyMemory<byte> refusal);
}

/// <summary>A <c>tools/call</c> message: answered as a JSON-RPC result, refusals included, because clients wait for its id.</summary>
internal sealed record McpEnvelope(McpMessage Message) : CallEnvelope
{
    private const int InvalidParams = (int)McpErrorCode.InvalidParams;

    public override ToolCall Call { get; } = ToolCallReader.Read(Message);

    public override Task AnswerAsync(HttpContext http, ReadOnlyMemory<byte> result) =>
        Reply.ToolResultAsync(http, Message, result, isError: false, text: null);

    public override Task RefuseAsync(HttpContext http, Reason reason, ReadOnlyMemory<byte> refusal)
    {
        using var document = JsonDocument.Parse(refusal);
        var sentence = $"{document.RootElement.GetProperty("detail").GetString()} {reason.Hint}";
        return reason == Reasons.UnknownTool
            ? Reply.ErrorAsync(http, Message.Id, StatusCodes.Status200OK, InvalidParams, sentence, reason)
            : Reply.ToolResultAsync(http, Message, refusal, isError: true, sentence);
    }
}
