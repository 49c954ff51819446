using System.Text.RegularExpressions;
using AgentGateway.Tidy.Reading;

namespace AgentGateway.Tidy;

/// <summary>Documents name only files and tests that exist, and a test where they promise one; scripts stop at the first failure.</summary>
public sealed partial class DocumentTests
{
    [Fact]
    public void Every_path_a_document_names_exists() => Verdict.Clean(Repository.Files
        .Where(path => path.EndsWith(".md", StringComparison.Ordinal))
        .Where(path => !path.Contains('/') || path.StartsWith("docs/", StringComparison.Ordinal))
        .SelectMany(path => Missing(path, Repository.Read(path))));

    [Fact]
    public void Every_test_a_document_names_exists() => Verdict.Clean(Repository.Files
        .Where(path => path.StartsWith("docs/", StringComparison.Ordinal) && path.EndsWith(".md", StringComparison.Ordinal))
        .SelectMany(path => Untested(path, Repository.Read(path))));

    [Fact]
    public void Every_link_leads_to_a_file_that_is_here() => Verdict.Clean(Repository.Files
        .Where(path => path.EndsWith(".md", StringComparison.Ordinal) && !path.Contains("/golden/", StringComparison.Ordinal))
        .SelectMany(path => Unlinked(path, Repository.Read(path))));

    [Theory]
    [InlineData("[there](../src/Policy/Reason.cs#L1), ![a picture](images/console-calls.png), [out](https://example.org/a), [here](#a)", 0)]
    [InlineData("[gone](gone.md) and ![no picture](images/none.png)", 2)]
    [InlineData("[above everything](../../../etc/hosts)", 1)]
    [InlineData("```\n[gone](gone.md)\n```\nand `[gone](gone.md)`", 0)]
    public void A_broken_link_is_found(string text, int complaints) =>
        Assert.Equal(complaints, Unlinked("docs/A.md", text).Count());

    [Theory]
    [InlineData("docs/THREAT_MODEL.md")]
    [InlineData("docs/IMPLEMENTATION_PLAN.md")]
    public void Every_row_of_a_promise_names_its_test(string path) => Verdict.Clean(Unshown(path, Repository.Read(path)));

    [Theory]
    [InlineData("| | what | test |\n|---|---|---|\n| S | a | `DocumentTests.A_missing_path_is_found` |", 0)]
    [InlineData("| | what | test |\n|---|---|---|\n| S | a | by hand |\n| T | b | |", 2)]
    [InlineData("| | what |\n|---|---|\n| S | a |\n\nNothing is promised.", 1)]
    public void A_promise_without_a_test_is_found(string text, int complaints) =>
        Assert.Equal(complaints, Unshown("docs/A.md", text).Count());

    [Theory]
    [InlineData("`DocumentTests.A_missing_path_is_found`", 0)]
    [InlineData("`TamperCampaign.Nobody_wrote_this`", 1)]
    [InlineData("`DocumentTests.A_test_that_nobody_wrote` and `NoSuchTests.A_missing_path_is_found`", 2)]
    public void A_missing_test_is_found(string text, int complaints) =>
        Assert.Equal(complaints, Untested("docs/A.md", text).Count());

    [Fact]
    public void Every_shell_script_stops_at_the_first_failure() => Verdict.Clean(Repository.Files
        .Where(path => Path.GetExtension(path) is "" or ".sh")
        .SelectMany(path => Careless(path, Repository.Read(path))));

    [Theory]
    [InlineData("See `src/Nowhere/Gone.cs`.", 1)]
    [InlineData("See `src/Policy/Reason.cs` and `tests/`.", 0)]
    [InlineData("See `src/<Stage>/`, `config/contracts/*.json`, `tests/Tidy --help`.", 0)]
    [InlineData("Run `./nothing-here`.", 1)]
    [InlineData("Look [there](../src/Policy/Reason.cs), [here](../gone.md) or [out](https://example.org/a).", 1)]
    [InlineData("```\nsrc/Nowhere/x\n```", 0)]
    public void A_missing_path_is_found(string text, int complaints) =>
        Assert.Equal(complaints, Missing("docs/A.md", text).Count());

    [Theory]
    [InlineData("#!/bin/sh\necho hello\n", 1)]
    [InlineData("#!/usr/bin/env bash\nset -e\n", 1)]
    [InlineData("#!/usr/bin/env bash\n# Why.\nset -euo pipefail\n", 0)]
    [InlineData("#!/bin/sh\nset -eu\n", 0)]
    [InlineData("#!/usr/bin/env python3\n", 0)]
    public void A_careless_script_is_found(string text, int complaints) =>
        Assert.Equal(complaints, Careless("run", text).Count());

    private static IEnumerable<string> Missing(string path, string text)
    {
        var folder = path.Contains('/') ? path[..(path.LastIndexOf('/') + 1)] : "";
        var quoted = Quoted().Matches(text).Select(match => match.Groups["path"].Value);
        var linked = Linked().Matches(text).Select(match => folder + match.Groups["path"].Value);
        return quoted.Concat(linked).Distinct()
            .Where(name => !Repository.Exists(name))
            .Select(name => $"{path}: {name} does not exist.");
    }

    private static IEnumerable<string> Untested(string path, string text) =>
        from Match named in Test().Matches(text)
        let ofClass = $"/{named.Groups["class"].Value}.cs"
        let isThere = Repository.Sources.Any(file => file.Path.StartsWith("tests/", StringComparison.Ordinal)
            && file.Path.EndsWith(ofClass, StringComparison.Ordinal)
            && file.Code.Contains($" {named.Groups["test"].Value}(", StringComparison.Ordinal))
        where !isThere
        select $"{path}: there is no test {named.Value}.";

    private static IEnumerable<string> Unlinked(string path, string text) =>
        from Match link in Link().Matches(Code().Replace(text, ""))
        let target = link.Groups["path"].Value
        let full = Path.GetFullPath(Path.Combine(Repository.Root, Path.GetDirectoryName(path) ?? "", target))
        where !full.StartsWith(Repository.Root + Path.DirectorySeparatorChar, StringComparison.Ordinal) || !Path.Exists(full)
        select $"{path}: {target} leads nowhere.";

    /// <summary>Rows of the tables whose last column is called "test"; a document without one promises nothing that can be looked at.</summary>
    private static IEnumerable<string> Unshown(string path, string text)
    {
        var (isPromise, promises) = (false, 0);
        foreach (var line in text.Split('\n'))
        {
            var cells = line.Trim().Trim('|').Split('|');
            var isHeading = cells[^1].Trim() == "test";
            isPromise = line.StartsWith('|') && (isPromise || isHeading);
            promises += isHeading ? 1 : 0;
            if (isPromise && !isHeading && !line.StartsWith("|-", StringComparison.Ordinal) && !Test().IsMatch(cells[^1]))
            {
                yield return $"{path}: no test shows \"{line}\".";
            }
        }

        if (promises == 0)
        {
            yield return $"{path}: no table has a last column \"test\".";
        }
    }

    private static IEnumerable<string> Careless(string path, string text) =>
        Shell().IsMatch(text) && !Strict().IsMatch(text) ? [$"{path}: needs set -eu."] : [];

    /// <summary>A quoted word that starts like a path of this repository and holds no placeholder.</summary>
    [GeneratedRegex(@"`(?<path>(?:\./|(?:src|tests|config|docker|docs)/)[\w./-]*)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\]\((?<path>(?![a-z]+:|#|/)[\w./-]+)(?:#[\w-]*)?\)")]
    private static partial Regex Linked();

    [GeneratedRegex(@"\]\((?<path>(?![a-z]+:|#)[^)#\s]+)(?:#[^)\s]*)?\)")]
    private static partial Regex Link();

    /// <summary>What is code in a document: fenced blocks and quoted words.</summary>
    [GeneratedRegex(@"^```.*?^```|`[^`\n]*`", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Code();

    [GeneratedRegex(@"`(?<class>[A-Z]\w*(?:Tests|Campaign))\.(?<test>\w+)`")]
    private static partial Regex Test();

    [GeneratedRegex(@"\A#!.*\b(?:ba|da)?sh\b")]
    private static partial Regex Shell();

    [GeneratedRegex(@"^set -eu", RegexOptions.Multiline)]
    private static partial Regex Strict();
}
