namespace AgentGateway.Gateway.Configure;

/// <summary>One setting as it is documented, read and refused: the only place that knows its name.</summary>
internal abstract record SettingDefinition
{
    public required string Name { get; init; }

    /// <summary>One sentence for <c>--help</c> and the documentation.</summary>
    public required string Description { get; init; }

    /// <summary>A secret may come from the file named by <c>NAME_FILE</c>, and is never shown.</summary>
    public bool Secret { get; init; }

    public bool Required { get; init; }

    /// <summary>The value used when nothing is set, as it would be written; null: none.</summary>
    public string? Default { get; init; }

    public string FileName => Name + "_FILE";
}

/// <summary>
/// A setting of one type; <see cref="Parse"/> throws <see cref="FormatException"/> with a sentence that never repeats a secret.
/// </summary>
internal sealed record SettingDefinition<T> : SettingDefinition
{
    public required Func<string, T> Parse { get; init; }
}
