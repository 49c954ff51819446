namespace AgentGateway.Gateway.Commands.Doctor;

/// <summary>How one check ended; only <see cref="Fail"/> makes the whole examination fail.</summary>
internal enum Verdict
{
    Ok,
    Warn,
    Fail,
}

/// <summary>One line of the doctor: what was looked at, what was found, and what to do about it; never a secret.</summary>
internal sealed record Finding(string Check, Verdict Verdict, string Detail, string? Remedy)
{
    public static Finding Ok(string check, string detail) => new(check, Verdict.Ok, detail, null);

    public static Finding Warn(string check, string detail, string remedy) => new(check, Verdict.Warn, detail, remedy);

    public static Finding Fail(string check, string detail, string remedy) => new(check, Verdict.Fail, detail, remedy);
}
