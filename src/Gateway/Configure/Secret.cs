namespace AgentGateway.Gateway.Configure;

/// <summary>A value that cannot slip into a log, a format string or JSON: only <see cref="Reveal"/> shows it.</summary>
internal sealed class Secret
{
    /// <summary>Stands for a secret that a command does not need; revealing it fails.</summary>
    public static readonly Secret Missing = new(() => null);

    private readonly Func<string?> _value;

    private Secret(Func<string?> value) => _value = value;

    public bool IsMissing => _value() is null;

    public static Secret Of(string value) => new(() => value);

    /// <summary>One that is asked for at each use, because it may be replaced while the program runs.</summary>
    public static Secret Following(Func<string?> value) => new(value);

    public string Reveal() => _value() ?? throw new InvalidOperationException("This secret is not set.");

    public override string ToString() => "***";
}
