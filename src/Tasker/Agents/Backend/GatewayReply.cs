namespace AgentGateway.Tasker.Agents.Backend;

/// <summary>What came of asking the gateway: the answer, or the fault that a page must tell.</summary>
internal sealed record GatewayReply<T>
    where T : class
{
    public T? Value { get; init; }

    public GatewayFault? Fault { get; init; }
}

/// <summary>Why the gateway did not do it, in words for the person at the page.</summary>
public sealed record GatewayFault(int Status, string Code, string Sentence)
{
    public const string AwayCode = "gateway_away";

    /// <summary>What can be done about it.</summary>
    public string? Hint { get; init; }

    /// <summary>The member of the request that did not fit, if the gateway named one.</summary>
    public string? Field { get; init; }

    public bool IsAway => Code == AwayCode;

    public bool IsMissing => Status == StatusCodes.Status404NotFound;

    public static GatewayFault Away(string sentence) => new(StatusCodes.Status503ServiceUnavailable, AwayCode, sentence)
    {
        Hint = "Try again in a moment; agents that are connected are not affected by this page.",
    };

    public static GatewayFault Missing() => new(StatusCodes.Status404NotFound, "not_found", "There is nothing here.");
}
