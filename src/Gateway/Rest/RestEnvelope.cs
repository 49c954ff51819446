using System.Text.Json;
using AgentGateway.Gateway.Accept;
using AgentGateway.Policy;

namespace AgentGateway.Gateway.Rest;

/// <summary>A call by <c>POST /api/v1/tools/{tool}</c>: answered with the structured result, refused with problem+json.</summary>
internal sealed record RestEnvelope(ToolCall Call) : CallEnvelope
{
    private static readonly string[] Own = ["code", "detail", "hint", "retryable"];

    public override ToolCall Call { get; } = Call;

    public override Task AnswerAsync(HttpContext http, ReadOnlyMemory<byte> result) => Reply.ObjectAsync(http, result);

    public override Task RefuseAsync(HttpContext http, Reason reason, ReadOnlyMemory<byte> refusal)
    {
        using var document = JsonDocument.Parse(refusal);
        var told = document.RootElement;
        return Reply.ProblemAsync(http, reason.Status, reason, told.GetProperty("detail").GetString(), writer =>
        {
            foreach (var member in told.EnumerateObject().Where(member => !Own.Contains(member.Name, StringComparer.Ordinal)))
            {
                member.WriteTo(writer);
            }
        }, told.TryGetProperty("retry_after", out var seconds) ? TimeSpan.FromSeconds(seconds.GetInt32()) : null);
    }
}
