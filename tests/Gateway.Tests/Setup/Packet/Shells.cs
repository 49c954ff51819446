using System.Diagnostics;
using System.Text;

namespace AgentGateway.Gateway.Tests.Setup.Packet;

/// <summary>Real shells, asked which words they read in a line.</summary>
internal static class Shells
{
    private const int LinesAtOnce = 200;

    public static readonly string[] Names = [.. new[] { "/bin/bash", "/bin/dash" }.Where(File.Exists)];

    /// <summary>The words of each line, the program's own name first; nothing of the line is run.</summary>
    public static async Task<IReadOnlyList<string[]>> WordsAsync(string shell, IReadOnlyList<string> lines)
    {
        var words = new List<string[]>();
        foreach (var chunk in lines.Chunk(LinesAtOnce))
        {
            // An empty argument ends each line's words: no line of ours has one.
            words.AddRange(Split(await RunAsync(shell, string.Concat(chunk.Select(line => $"printf '%s\\0' {line} ''\n")))));
        }

        return words;
    }

    public static async Task<string> RunAsync(string shell, string script)
    {
        using var process = Process.Start(new ProcessStartInfo(shell, ["-c", script])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = new UTF8Encoding(false, throwOnInvalidBytes: true),
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal("", await errors);
        Assert.Equal(0, process.ExitCode);
        return output;
    }

    private static IEnumerable<string[]> Split(string output)
    {
        var line = new List<string>();
        foreach (var word in output.Split('\0')[..^1])
        {
            if (word.Length > 0)
            {
                line.Add(word);
                continue;
            }

            yield return [.. line];
            line.Clear();
        }
    }
}
