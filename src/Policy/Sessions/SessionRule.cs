namespace AgentGateway.Policy.Sessions;

/// <summary>What work sessions allow: a call about a session needs one, and who only reports writes to its sessions' cards.</summary>
internal static class SessionRule
{
    /// <summary>Null when the call may go on.</summary>
    public static Denial? Forbids(ToolRule rule, ToolCall call) => call.Session switch
    {
        _ when rule.Session == SessionStep.None => null,
        null => Deny(Reasons.NoWorkSession),
        { Fault: { } fault, Problem: { } problem } =>
            new Denial(fault, $"{problem.Argument}: {problem.Message}.", [problem]) { Check = Check.Session },
        { Fault: { } fault } => Deny(fault),
        _ => null,
    };

    /// <summary>Null when the card may be written to in the agent's mode.</summary>
    public static Denial? ForbidsCard(Authority authority, ToolRule rule, Grant home, int number) =>
        authority.Agent.Mode == AgentMode.Reporting && rule is { Effect: Effect.Write, Session: SessionStep.None }
        && !authority.Sessions.Any(session => session.ProjectId == home.ProjectId && session.Number == number)
            ? Deny(Reasons.OutsideSession)
            : null;

    /// <summary>Whether the mode leaves nothing a call of the tool could do, whatever session is open.</summary>
    public static bool ForbidsTool(AgentMode mode, ToolRule rule) =>
        mode == AgentMode.Reporting && rule.Effect == Effect.Write && rule.Addressing is not (Addressing.Card or Addressing.Session);

    private static Denial Deny(Reason reason) => new(reason) { Check = Check.Session };
}
