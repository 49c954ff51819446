using System.Text.Encodings.Web;
using System.Text.Json;
using AgentGateway.Bench.Rig;

namespace AgentGateway.Bench.Report;

/// <summary>Where a result goes: the raw rows into a file of the day, the table between the markers of the document.</summary>
internal sealed class ResultFiles(BenchOptions options, Action<string> say)
{
    private const string Begin = "<!-- bench:begin -->";
    private const string End = "<!-- bench:end -->";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static string Folder => Path.Combine(Programs.Repository, "tests", "Bench", "results");

    /// <summary>The newest result; null when there is none.</summary>
    public static BenchResult? ReadLatest()
    {
        var latest = Directory.EnumerateFiles(Folder, "*.json").Order(StringComparer.Ordinal).LastOrDefault();
        return latest is null ? null : JsonSerializer.Deserialize<BenchResult>(File.ReadAllText(latest), Json);
    }

    /// <summary>A quick run writes nothing.</summary>
    public void Write(BenchResult result)
    {
        if (options.Quick)
        {
            return;
        }

        File.WriteAllText(Path.Combine(Programs.Repository, Name(result)), JsonSerializer.Serialize(result, Json) + "\n");
        var document = Path.Combine(Programs.Repository, "docs", "PERFORMANCE.md");
        var text = File.ReadAllText(document);
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal), text.IndexOf(End, StringComparison.Ordinal));
        if (begin < 0 || end < begin)
        {
            throw new InvalidOperationException($"{document} has lost its markers {Begin} and {End}.");
        }

        var table = PerformanceTable.Of(result, Name(result));
        File.WriteAllText(document, $"{text[..begin]}{Begin}\n{table}\n{text[end..]}");
    }

    public void Print(BenchResult result)
    {
        say("");
        say(PerformanceTable.Of(result, Name(result)));
        say(options.Quick ? "A quick run writes nothing." : $"written: {Name(result)}, docs/PERFORMANCE.md");
    }

    private static string Name(BenchResult result) => $"tests/Bench/results/{result.Ground.Date[..10]}.json";
}
