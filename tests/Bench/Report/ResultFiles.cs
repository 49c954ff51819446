using System.Text.Encodings.Web;
using System.Text.Json;
using AgentGateway.Bench.Rig;

namespace AgentGateway.Bench.Report;

/// <summary>Where a result goes: the raw rows into a file of the day, the table between the markers of the document.</summary>
internal static class ResultFiles
{
    private const string Begin = "<!-- bench:begin -->";
    private const string End = "<!-- bench:end -->";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Write(BenchResult result, BenchOptions options, Action<string> say)
    {
        var name = $"tests/Bench/results/{result.Ground.Date[..10]}.json";
        var table = PerformanceTable.Of(result, name);
        say("");
        say(table);
        if (options.Quick)
        {
            say("A quick run writes nothing.");
            return;
        }

        File.WriteAllText(Path.Combine(Programs.Repository, name), JsonSerializer.Serialize(result, Json) + "\n");
        var document = Path.Combine(Programs.Repository, "docs", "PERFORMANCE.md");
        var text = File.ReadAllText(document);
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal), text.IndexOf(End, StringComparison.Ordinal));
        if (begin < 0 || end < begin)
        {
            throw new InvalidOperationException($"{document} has lost its markers {Begin} and {End}.");
        }

        File.WriteAllText(document, $"{text[..begin]}{Begin}\n{table}\n{text[end..]}");
        say($"written: {name}, docs/PERFORMANCE.md");
    }
}
