using System.Diagnostics;
using System.Text.RegularExpressions;
using AgentGateway.Gateway.Commands.Review;
using AgentGateway.Gateway.Tests.Commands;
using AgentGateway.Support;

namespace AgentGateway.Gateway.Tests.Documents;

/// <summary>What the documents show as an example, or as a closed list, is so.</summary>
public sealed class ExampleTests : IDisposable
{
    private const string CallsOfEveryTool = "tests/EndToEnd.Tests/Clients/EveryToolTests.cs";

    private readonly DirectoryInfo _copy = Directory.CreateTempSubdirectory("example-");

    [Fact]
    public async Task The_example_of_a_new_tool_applies_and_holds()
    {
        var document = await File.ReadAllTextAsync(Repository.At("CONTRIBUTING.md"));
        var example = document.Split("<!-- example -->")[1].Split("<!-- /example -->")[0].Split("```diff\n")[1].Split("```\n")[0];
        foreach (var file in Directory.EnumerateFiles(Repository.At("config"), "*.json", SearchOption.AllDirectories)
            .Append(Repository.At(CallsOfEveryTool)))
        {
            var copy = Path.Combine(_copy.FullName, Path.GetRelativePath(Repository.Root, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        await ApplyAsync(example);

        var config = Path.Combine(_copy.FullName, "config");
        foreach (var command in (string[])["check", "prove"])
        {
            var answer = await GatewayProgram.RunAsync(new Dictionary<string, string>(), command, "--config", config);
            Assert.True(answer.ExitCode == 0, answer.Output + answer.Errors);
        }

        var gains = await GatewayProgram.RunAsync(new Dictionary<string, string>(), "diff", Repository.At("config"), config);
        Assert.Contains("list_card_activity: the tool is new", gains.Output, StringComparison.Ordinal);
        Assert.Equal(3, Regex.Count(example, "^diff --git ", RegexOptions.Multiline));
    }

    [Fact]
    public async Task The_closed_list_of_what_is_excluded_is_what_is_proved()
    {
        var plan = await File.ReadAllTextAsync(Repository.At("docs", "IMPLEMENTATION_PLAN.md"));
        var listed = Regex.Matches(plan, @"\| `(no-[a-z-]+)` \|").Select(match => match.Groups[1].Value).Distinct();

        // The claims without "no-" are rules for what there is, not exclusions.
        var claims = Claims.All.Select(claim => claim.Name).Where(name => name.StartsWith("no-", StringComparison.Ordinal));
        Assert.Equal(claims.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    public void Dispose() => _copy.Delete(recursive: true);

    private async Task ApplyAsync(string diff)
    {
        var start = new ProcessStartInfo("git", ["apply", "-"])
        {
            WorkingDirectory = _copy.FullName,
            RedirectStandardInput = true,
            RedirectStandardError = true,
        };
        // The temporary folder is not a repository, and must not be taken for a part of one.
        start.Environment["GIT_CEILING_DIRECTORIES"] = Path.GetDirectoryName(_copy.FullName);
        using var git = Process.Start(start) ?? throw new InvalidOperationException("git did not start.");
        await git.StandardInput.WriteAsync(diff);
        git.StandardInput.Close();
        var errors = await git.StandardError.ReadToEndAsync();
        await git.WaitForExitAsync();
        Assert.True(git.ExitCode == 0, errors);
    }
}
