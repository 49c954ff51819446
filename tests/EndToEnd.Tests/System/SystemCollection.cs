namespace AgentGateway.EndToEnd.Tests.System;

/// <summary>All suites share one running system; each makes agents of its own.</summary>
[CollectionDefinition(Name)]
public sealed class SystemCollection : ICollectionFixture<RunningSystem>
{
    public const string Name = "running system";
}

/// <summary>What <c>tasker seed</c> lays down and the suites rely on.</summary>
internal static class Seed
{
    public const string Workspace = "nodedc";
    public const string Granted = "NDC";
    public const string Ungranted = "SEC";
}
