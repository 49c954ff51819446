namespace AgentGateway.EndToEnd.Tests.Conformance;

/// <summary>The list of expected failures holds what a tools-only server lacks and no fault of ours.</summary>
public sealed class ExpectedFailuresTests
{
    // Sessions belong to the older revisions' optional features, as prompts and resources do.
    private const string Lacking =
        @"^  - [a-z0-9-]+(:[a-z0-9-]+)? # (Prompts|Resources|Sampling|Elicitation|Logging|Completion|Sessions): [A-Za-z ,'-]{15,}$";

    private const string OwnTool = @"^  - [a-z0-9-]+(:[a-z0-9-]+)? # Calls the suite's own test_\w+$";

    [Theory]
    [InlineData("2025-11-25")]
    [InlineData("2026-07-28")]
    public void Each_line_names_what_is_lacking(string revision)
    {
        var lines = ExpectedFailures.Read(revision).Lines;

        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.Matches($"{Lacking}|{OwnTool}", line));
    }
}
