namespace AgentGateway.Gateway.Tests.Documents;

/// <summary>What documents tell people to type is understood: each command and option of ours is one that the program knows.</summary>
public sealed class CommandLineTests
{
    private readonly Manual _manual = new();

    [Fact]
    public async Task Every_command_line_in_the_documents_is_understood()
    {
        var lines = DocumentedLine.All().Where(line => Manual.IsOurs(line.Words[0])).ToList();
        var faults = new List<string>();
        foreach (var line in lines)
        {
            if (await _manual.FaultAsync(line.Words) is { } fault)
            {
                faults.Add($"{line.Document}: {line.Text}: {fault}");
            }
        }

        Assert.Empty(faults);
        Assert.All((string[])["gateway", "launcher", "./demo", "./test", "scripts/connect"], program =>
            Assert.Contains(lines, line => line.Words[0] == program));
    }

    [Theory]
    [InlineData("gateway audit shred", "gateway audit has no command shred")]
    [InlineData("gateway chek --config DIR", "gateway has no command chek")]
    [InlineData("gateway audit tail --backwards   # no", "there is no option --backwards")]
    [InlineData("gateway routes > docs/ROUTES.md", null)]
    [InlineData("gateway diff OLD NEW --fail-on-gain", null)]
    [InlineData("gateway audit tail -n 5 | head", null)]
    [InlineData("tasker seed --json", null)]
    [InlineData("tasker sprout", "tasker has no command \"sprout\"")]
    [InlineData("launcher sign-in --user ID", null)]
    [InlineData("launcher sign-in --person ID", "launcher has no command \"sign-in --person ID\"")]
    [InlineData("console serve", null)]
    [InlineData("console write", "console has no command \"write\"")]
    [InlineData("./demo --detach --state DIR", null)]
    [InlineData("./demo --retach", "there is no option --retach")]
    [InlineData("./demo --gateway audit tial", "gateway audit has no command tial")]
    [InlineData("CI=true ./test --fast --only Policy.Tests", null)]
    [InlineData("./test --slow", "there is no option --slow")]
    [InlineData("eval \"$(scripts/connect --gateway https://gateway.example.org --stoer)\"", "there is no option --stoer")]
    [InlineData("scripts/disconnect --now", "scripts/disconnect does not exist")]
    [InlineData("tests/Bench/run --quick", null)]
    [InlineData("tests/Bench/run --quicker", "there is no option --quicker")]
    public async Task A_line_that_would_not_be_understood_is_found(string line, string? fault)
    {
        var documented = Assert.Single(DocumentedLine.In("A.md", $"Text.\n\n```sh\n{line}\n```\n"));

        Assert.True(Manual.IsOurs(documented.Words[0]));
        Assert.Equal(fault, await _manual.FaultAsync(documented.Words));
    }
}
