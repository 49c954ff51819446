using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AgentGateway.EndToEnd.Tests.System;

namespace AgentGateway.EndToEnd.Tests.Conformance;

/// <summary>What the suite found in one scenario.</summary>
internal sealed record ScenarioOutcome(string Name, bool Passed, int ChecksPassed, int ChecksFailed);

/// <summary>One run of the official MCP conformance suite for one revision of the protocol.</summary>
internal sealed partial class ConformanceRun
{
    private ConformanceRun(int? exitCode, string printed, IReadOnlyList<string> failedChecks)
    {
        ExitCode = exitCode;
        Printed = printed;
        Scenarios = Outcomes(printed);
        FailedChecks = failedChecks;
    }

    /// <summary>Zero when exactly the expected failures failed; null when the suite had to be ended.</summary>
    public int? ExitCode { get; }

    public string Printed { get; }

    public IReadOnlyList<ScenarioOutcome> Scenarios { get; }

    /// <summary><c>scenario:check</c> and the suite's words, for each failed check.</summary>
    public IReadOnlyList<string> FailedChecks { get; }

    public static async Task<ConformanceRun> ExecuteAsync(
        string node, string suite, Uri url, string revision, string expectedFailures, TimeSpan patience)
    {
        using var folder = new TemporaryFolder("conformance");
        var results = folder.Make("results");
        await using var process = ChildProcess.Start(
            node,
            [
                Program(suite), "server", "--url", url.AbsoluteUri, "--requirements", revision,
                "--expected-failures", expectedFailures, "-o", results,
            ],
            ChildProcess.PlainEnvironment(),
            folder.Root);
        var ended = await process.WaitForExitAsync(patience);
        var printed = process.Output + process.Error;
        return new ConformanceRun(ended ? process.ExitCode : null, printed, ReadFailedChecks(results));
    }

    /// <summary>Each scenario in one line, then each failed check.</summary>
    public string Describe() => string.Join('\n', Scenarios
        .Select(found => (Mark: found.Passed ? "pass" : "FAIL", found.Name, Yes: found.ChecksPassed, No: found.ChecksFailed))
        .Select(found => string.Create(
            CultureInfo.InvariantCulture, $"{found.Mark} {found.Name}: {found.Yes} passed, {found.No} failed"))
        .Concat(FailedChecks));

    // Both the package's folder and its entry point may be named.
    private static string Program(string suite) => Directory.Exists(suite) ? Path.Combine(suite, "dist", "index.js") : suite;

    private static List<ScenarioOutcome> Outcomes(string printed) =>
    [
        .. Summary().Matches(printed).Select(line => new ScenarioOutcome(
            line.Groups["name"].Value,
            line.Groups["mark"].Value == "✓",
            int.Parse(line.Groups["passed"].Value, CultureInfo.InvariantCulture),
            int.Parse(line.Groups["failed"].Value, CultureInfo.InvariantCulture))),
    ];

    private static List<string> ReadFailedChecks(string results) =>
    [
        .. Directory.EnumerateFiles(results, "checks.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .SelectMany(file => Checks(file).Where(check => (string?)check["status"] == "FAILURE").Select(check =>
                $"{Scenario().Match(file).Groups["name"].Value}:{(string?)check["id"]}: {(string?)check["errorMessage"]}")),
    ];

    private static IEnumerable<JsonObject> Checks(string file)
    {
        try
        {
            return (JsonNode.Parse(File.ReadAllText(file)) as JsonArray ?? []).OfType<JsonObject>();
        }
        catch (JsonException broken)
        {
            throw new InvalidOperationException($"The suite left a result that is not JSON: {file}.", broken);
        }
    }

    [GeneratedRegex(@"^(?<mark>[✓✗]) (?<name>[a-z0-9/-]+): (?<passed>\d+) passed, (?<failed>\d+) failed", RegexOptions.Multiline)]
    private static partial Regex Summary();

    [GeneratedRegex(@"server-(?<name>[^/\\]+)-\d{4}-\d\d-\d\dT[^/\\]*[/\\]checks\.json$")]
    private static partial Regex Scenario();
}
