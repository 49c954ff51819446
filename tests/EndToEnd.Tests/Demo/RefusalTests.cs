namespace AgentGateway.EndToEnd.Tests.Demo;

/// <summary>What ./demo does not do: touch a folder that is not its own, or guess what was meant.</summary>
public sealed class RefusalTests
{
    [Fact]
    public async Task A_folder_of_someone_else_is_left_alone()
    {
        await using var script = new DemoScript();
        Directory.CreateDirectory(script.State);
        var kept = Path.Combine(script.State, "kept");
        await File.WriteAllTextAsync(kept, "x");

        var answer = await script.RunAsync("--fresh", "--detach");
        File.Delete(kept);

        Assert.Equal(1, answer.ExitCode);
        Assert.Contains("holds something else", answer.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--bogus", "unknown option --bogus")]
    [InlineData("--port-base=80", "unknown option --port-base=80")]
    public async Task An_option_it_does_not_know_is_named(string option, string said)
    {
        await using var script = new DemoScript();
        var answer = await script.RunAsync(option);

        Assert.Equal(1, answer.ExitCode);
        Assert.Contains(said, answer.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(script.State));
    }

    [Theory]
    [InlineData("80")]
    [InlineData("65532")]
    [InlineData("x")]
    public async Task A_port_it_cannot_have_is_refused(string port)
    {
        await using var script = new DemoScript();
        var answer = await script.RunAsync("--port-base", port);

        Assert.Equal(1, answer.ExitCode);
        Assert.Contains("--port-base takes a number", answer.Error, StringComparison.Ordinal);
    }
}
