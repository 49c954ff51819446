using AgentGateway.EndToEnd.Tests.System;

namespace AgentGateway.EndToEnd.Tests.Conformance;

/// <summary>The list of what this server does not have, one scenario or check per line with its reason.</summary>
internal sealed record ExpectedFailures(string File, IReadOnlyList<string> Lines)
{
    /// <summary><c>scenario</c> or <c>scenario:check</c>.</summary>
    public IReadOnlyList<string> Entries { get; } = [.. Lines.Select(line => line.Split('#')[0].Trim().TrimStart('-').Trim())];

    public static ExpectedFailures Read(string revision)
    {
        var file = Path.Combine(Programs.Repository, "tests", "conformance", $"expected-failures.{revision}.yaml");
        var lines = global::System.IO.File.ReadLines(file).Where(line => line.TrimStart().StartsWith('-'));
        return new ExpectedFailures(file, [.. lines]);
    }
}
