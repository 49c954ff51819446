namespace AgentGateway.Console.Book;

/// <summary>One event of the book as reviewers see it: ids, names and outcomes; bodies are in no column.</summary>
public sealed record CallEvent
{
    public const string Columns =
        """
        sequence, id, at, kind, admission_id, request_id, door, agent_id, agent_name, owner_id, token_prefix, tool,
        project_key, card, scope, effect, decision, reason, cause, manifest_digest, upstream_status, duration_ms,
        client_name, client_version, remote_address, count, actor, epoch, replica
        """;

    public long Sequence { get; init; }

    public Guid Id { get; init; }

    public DateTime At { get; init; }

    public string Kind { get; init; } = "";

    public Guid? AdmissionId { get; init; }

    public Guid? RequestId { get; init; }

    public string? Door { get; init; }

    public string? AgentId { get; init; }

    public string? AgentName { get; init; }

    public string? OwnerId { get; init; }

    public string? TokenPrefix { get; init; }

    public string? Tool { get; init; }

    public string? ProjectKey { get; init; }

    public string? Card { get; init; }

    public string? Scope { get; init; }

    public string? Effect { get; init; }

    public string Decision { get; init; } = "";

    public string? Reason { get; init; }

    public string? Cause { get; init; }

    public string? ManifestDigest { get; init; }

    public int? UpstreamStatus { get; init; }

    public int? DurationMs { get; init; }

    public string? ClientName { get; init; }

    public string? ClientVersion { get; init; }

    public string? RemoteAddress { get; init; }

    public int Count { get; init; }

    public string? Actor { get; init; }

    public int? Epoch { get; init; }

    public string? Replica { get; init; }

    public DateTimeOffset Moment => new(DateTime.SpecifyKind(At, DateTimeKind.Utc));

    public string Tone => Decision switch
    {
        "succeeded" or "allow" => "good",
        "deny" or "failed" => "late",
        "in_doubt" or "unknown" or "released" => "soon",
        "replay" => "accent",
        _ => "quiet",
    };
}

/// <summary>A page of events, newest first, and where the older ones begin.</summary>
public sealed record CallPage(IReadOnlyList<CallEvent> Events, long? Older);
