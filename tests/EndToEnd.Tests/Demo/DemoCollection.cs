namespace AgentGateway.EndToEnd.Tests.Demo;

/// <summary>One running demo for all tests that leave it running.</summary>
[CollectionDefinition(Name)]
public sealed class DemoCollection : ICollectionFixture<RunningDemo>
{
    public const string Name = "demo";
}
