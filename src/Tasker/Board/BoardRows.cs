namespace AgentGateway.Tasker.Board;

/// <summary>A project as the pages list it.</summary>
internal sealed record ProjectRow
{
    public Guid Id { get; init; }

    public string Key { get; init; } = "";

    public string Name { get; init; } = "";

    public string Description { get; init; } = "";

    public string Workspace { get; init; } = "";

    public bool AgentsEnabled { get; init; }

    public int OpenCards { get; init; }

    public int DoneCards { get; init; }

    public string[] Members { get; init; } = [];
}

/// <summary>A column of the board.</summary>
internal sealed record StateRow
{
    public Guid Id { get; init; }

    public string Name { get; init; } = "";

    public string Group { get; init; } = "";

    public int Cards { get; init; }
}

/// <summary>A card as its tile shows it.</summary>
internal sealed record CardRow
{
    public Guid Id { get; init; }

    public string Key { get; init; } = "";

    public int Number { get; init; }

    public string Title { get; init; } = "";

    public string Priority { get; init; } = "none";

    public Guid State { get; init; }

    public string StateName { get; init; } = "";

    public string StateGroup { get; init; } = "";

    public double SortOrder { get; init; }

    /// <summary>ISO date, or null.</summary>
    public string? Due { get; init; }

    public string[] Labels { get; init; } = [];

    public string[] LabelColors { get; init; } = [];

    public string[] Assignees { get; init; } = [];

    public int Comments { get; init; }

    public int Links { get; init; }

    public int Checked { get; init; }

    public int Checks { get; init; }

    /// <summary>Name of the agent that wrote last; null when a person did.</summary>
    public string? Agent { get; init; }

    public string? AgentOwner { get; init; }

    /// <summary>The agent of the open work session on the card; null: nobody says to work on it.</summary>
    public string? SessionAgent { get; init; }

    public string? SessionOwner { get; init; }

    public string? SessionStatus { get; init; }

    public string? SessionGoal { get; init; }

    public DateTime SessionStarted { get; init; }

    public DateTime SessionReported { get; init; }

    public string Name => $"{Key}-{Number}";
}
