using System.Diagnostics;
using AgentGateway.Support;

namespace AgentGateway.Gateway.Tests.Commands.Review;

/// <summary>The script that a change of the manifest is reviewed with, run in a repository of its own.</summary>
public sealed class ReviewScriptTests
{
    [Fact]
    public async Task The_sample_workflow_runs_the_script_that_says_who_gains()
    {
        using var proposal = ChangedManifest.With(
            "manifest.json", json => json["ReverseProxy"]!["Routes"]!["create_card"]!["Policy"]!["Scope"] = "card:read");
        var repository = Directory.CreateTempSubdirectory("agw-review-").FullName;
        try
        {
            CopyScripts(repository);
            await RunAsync(repository, "git init -q . && git add -A && git -c user.name=t -c user.email=t@t commit -qm base");
            foreach (var file in Directory.GetFiles(proposal.Folder, "*.json", SearchOption.AllDirectories))
            {
                File.Copy(file, Path.Combine(repository, "config", Path.GetRelativePath(proposal.Folder, file)), overwrite: true);
            }

            var review = await RunAsync(repository, "scripts/review-manifest HEAD");
            var strict = await RunAsync(repository, "scripts/review-manifest HEAD --fail-on-gain");
            var unknown = await RunAsync(repository, "scripts/review-manifest no-such-revision");

            Assert.Equal(0, review.Code);
            Assert.Contains("**create_card**: rule Scope was", review.Output, StringComparison.Ordinal);
            Assert.Contains("holds  no-delete", review.Output, StringComparison.Ordinal);
            Assert.Equal(1, strict.Code);
            Assert.NotEqual(0, unknown.Code);
            Assert.Contains("no-such-revision", unknown.Output, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(repository, recursive: true);
        }

        var sample = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs/review/manifest-review.yml"));
        Assert.Contains("run: scripts/review-manifest ", sample, StringComparison.Ordinal);
    }

    private static void CopyScripts(string repository)
    {
        foreach (var file in (string[])["scripts/review-manifest", "scripts/lib.sh"])
        {
            var copy = Path.Combine(repository, file);
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(Path.Combine(Repository.Root, file), copy);
        }

        foreach (var file in Directory.GetFiles(ChangedManifest.Original, "*.json", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(repository, "config", Path.GetRelativePath(ChangedManifest.Original, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    private static async Task<(int Code, string Output)> RunAsync(string directory, string command)
    {
        var start = new ProcessStartInfo("bash", ["-c", $"{{ {command}; }} 2>&1"])
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
        };
        start.Environment["GATEWAY"] = Path.Combine(AppContext.BaseDirectory, "gateway");
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output);
    }
}
