namespace AgentGateway.Gateway.Sessions;

/// <summary>When an agent counts as connected, and when its open session as stale; both by the database's clock.</summary>
/// <param name="Connected">Since the last call.</param>
/// <param name="Stale">Since the last report.</param>
internal sealed record SessionTerms(TimeSpan Connected, TimeSpan Stale)
{
    /// <summary>For how long the same report, said again, is no new one.</summary>
    public TimeSpan Echo { get; } = TimeSpan.FromMinutes(2);

    /// <summary>For how long <c>finish_work_session</c> without an id still means the session that ended last.</summary>
    public TimeSpan LastWord { get; } = TimeSpan.FromMinutes(10);

    /// <summary>For how long a session that Tasker has not confirmed waits for the retry of its call.</summary>
    public TimeSpan Wish { get; } = TimeSpan.FromMinutes(15);
}
