namespace AgentGateway.Policy;

/// <summary>One word of the closed refusal vocabulary: the same in answers, audit rows, metrics, pages and tests.</summary>
/// <param name="Code">Stable, snake case.</param>
/// <param name="Status">HTTP status on REST routes; MCP answers stay 200 with <c>isError</c>.</param>
/// <param name="Detail">What happened, in one sentence.</param>
/// <param name="Hint">What to do next, in one sentence a model can act on.</param>
/// <param name="Retryable">Whether the very same call may succeed later.</param>
public sealed record Reason(string Code, int Status, string Detail, string Hint, bool Retryable)
{
    public override string ToString() => Code;
}
