namespace AgentGateway.Gateway.Sessions;

/// <summary>A session as the database has it, beside the moment it was read.</summary>
internal sealed record SessionRow
{
    public const string Columns =
        """
        s.id, s.agent_id AS agentid, s.project_id AS projectid, s.project_key AS projectkey, s.card_number AS cardnumber, s.goal,
        s.plan, s.done, s.started_at AS startedat, s.reported_at AS reportedat, s.last_key AS lastkey,
        s.last_fingerprint AS lastfingerprint, s.ended_at AS endedat, s.ended_because AS endedbecause
        """;

    /// <summary>Null: only the moment was found.</summary>
    public Guid? Id { get; init; }

    public string AgentId { get; init; } = "";

    public Guid ProjectId { get; init; }

    public string ProjectKey { get; init; } = "";

    public int CardNumber { get; init; }

    public string Goal { get; init; } = "";

    public string[] Plan { get; init; } = [];

    public int[] Done { get; init; } = [];

    /// <summary>Null: Tasker has not confirmed it yet.</summary>
    public DateTime? StartedAt { get; init; }

    public DateTime ReportedAt { get; init; }

    public string? LastKey { get; init; }

    public byte[]? LastFingerprint { get; init; }

    public DateTime? EndedAt { get; init; }

    public string? EndedBecause { get; init; }

    /// <summary>How many of the agent's are open or wished for; only where that is asked.</summary>
    public int Open { get; init; }

    /// <summary>By the database's clock.</summary>
    public DateTime Now { get; init; }

    public string Card => FormattableString.Invariant($"{ProjectKey}-{CardNumber}");
}
