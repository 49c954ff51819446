using System.Diagnostics;
using System.Text.RegularExpressions;
using AgentGateway.Support;

namespace AgentGateway.Gateway.Tests.Documents;

/// <summary>What our programs and scripts say of themselves, asked once each: which commands and options there are.</summary>
internal sealed partial class Manual
{
    private static readonly Dictionary<string, string> Projects = new()
    {
        ["gateway"] = "Gateway", ["tasker"] = "Tasker", ["launcher"] = "Launcher", ["console"] = "Console",
    };

    private readonly Dictionary<string, string> _helps = [];

    public static bool IsOurs(string word) => Projects.ContainsKey(word) || IsScript(word);

    /// <summary>Why the line would not be understood; null when it would be.</summary>
    public async Task<string?> FaultAsync(IReadOnlyList<string> words) => words[0] switch
    {
        "gateway" => await GatewayFaultAsync(words),
        var name when Projects.ContainsKey(name) => await PlainFaultAsync(words),
        _ => await ScriptFaultAsync(words),
    };

    private static bool IsScript(string word) =>
        word is "./demo" or "./test" || word.StartsWith("scripts/", StringComparison.Ordinal) || word.StartsWith("tests/", StringComparison.Ordinal);

    // The gateway's help is one page per command, so the line is followed down to its own.
    private async Task<string?> GatewayFaultAsync(IReadOnlyList<string> words)
    {
        var (path, at) = (new List<string> { "gateway" }, 1);
        var help = await HelpAsync([.. path]);
        while (at < words.Count && words[at][0] != '-' && help.Contains("\nCommands:\n", StringComparison.Ordinal))
        {
            var commands = help.Split("\nCommands:\n")[1].Split("\n\n")[0];
            if (!commands.Split('\n').Any(line => line.TrimStart().StartsWith(words[at] + " ", StringComparison.Ordinal)))
            {
                return $"{string.Join(' ', path)} has no command {words[at]}";
            }

            path.Add(words[at++]);
            help = await HelpAsync([.. path]);
        }

        return Unknown(help, words.Skip(at));
    }

    // One line of help per command; a word in capitals stands for what is given.
    private async Task<string?> PlainFaultAsync(IReadOnlyList<string> words)
    {
        var help = await HelpAsync([words[0]]);
        var line = string.Join(' ', words.Skip(1));
        return line is "" or "--help" or "serve" || help.Contains($"\n  {line}  ", StringComparison.Ordinal)
            ? null
            : $"{words[0]} has no command \"{line}\"";
    }

    private async Task<string?> ScriptFaultAsync(IReadOnlyList<string> words)
    {
        if (!File.Exists(Repository.At(words[0])))
        {
            return $"{words[0]} does not exist";
        }

        var gateway = words.ToList().IndexOf("--gateway");
        if (words[0] == "./demo" && gateway > 0)
        {
            return Unknown(Usage(words[0]), words.Take(gateway + 1).Skip(1))
                ?? await GatewayFaultAsync(["gateway", .. words.Skip(gateway + 1)]);
        }

        return Unknown(Usage(words[0]), words.Skip(1));
    }

    private static string? Unknown(string help, IEnumerable<string> words)
    {
        var known = Option().Matches(help).Select(match => match.Value).ToHashSet();
        return words.Where(word => word[0] == '-').Select(word => word.Split('=')[0]).FirstOrDefault(word => !known.Contains(word)) is { } option
            ? $"there is no option {option}"
            : null;
    }

    /// <summary>The text that a script shows for --help; one that hands everything on has its options in the program beside it.</summary>
    private static string Usage(string script)
    {
        var text = File.ReadAllText(Repository.At(script));
        return text.Contains("<<'TEXT'", StringComparison.Ordinal)
            ? text.Split("<<'TEXT'")[1].Split("\nTEXT\n")[0]
            : string.Concat(Directory.EnumerateFiles(Path.GetDirectoryName(Repository.At(script))!, "*.cs").Select(File.ReadAllText));
    }

    private async Task<string> HelpAsync(string[] path)
    {
        var key = string.Join(' ', path);
        if (_helps.TryGetValue(key, out var known))
        {
            return known;
        }

        var start = new ProcessStartInfo(ServerProgram.Built(Projects[path[0]], path[0]), [.. path.Skip(1), "--help"])
        {
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{path[0]} did not start.");
        var help = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        return _helps[key] = help;
    }

    [GeneratedRegex(@"(?<=^|[\s,""])--?[a-z][a-z-]*", RegexOptions.Multiline)]
    private static partial Regex Option();
}
