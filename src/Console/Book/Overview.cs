namespace AgentGateway.Console.Book;

/// <summary>The last statement about the audit that the sealer signed.</summary>
public sealed record CheckpointRow
{
    public long Number { get; init; }

    public DateTime At { get; init; }

    public long TreeSize { get; init; }

    public string Root { get; init; } = "";

    public string KeyId { get; init; } = "";

    public int Unproven { get; init; }
}

/// <summary>The state of affairs in a few numbers.</summary>
public sealed record Overview
{
    public long Agents { get; init; }

    public long LiveAgents { get; init; }

    public long Calls { get; init; }

    public long Denied { get; init; }

    public DateTime? LastEventAt { get; init; }

    /// <summary>The manifest that the last admitted call was decided by.</summary>
    public string? ManifestInForce { get; init; }
}
