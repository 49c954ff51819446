using System.Globalization;
using System.Text;
using System.Text.Json;
using AgentGateway.Policy.Sessions;
using AgentGateway.Transforms.Mapping;

namespace AgentGateway.Gateway.Sessions;

/// <summary>
/// Reads of a session tool's arguments what the manifest cannot map, and writes what it may read as <c>$permit.session</c>.
/// Runs before the contract is checked: what does not fit is passed over, the contract refuses it.
/// </summary>
internal static class SessionArguments
{
    /// <summary>The longest text of a report that Tasker takes.</summary>
    public const int LongestReport = 4000;

    private const string NextSteps = "\n\n**Next steps**\n";

    /// <summary>Arguments that go through the session and not through the manifest.</summary>
    public static IReadOnlyList<string> ReadBy(SessionStep step) => step switch
    {
        SessionStep.Open => ["goal", "plan"],
        SessionStep.Report => ["session_id", "done_steps"],
        SessionStep.Close => ["session_id", "summary", "next_steps"],
        _ => [],
    };

    public static string? Text(JsonElement arguments, string name) =>
        arguments.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public static string[] Texts(JsonElement arguments, string name) => arguments.TryGetProperty(name, out var list)
        && list.ValueKind == JsonValueKind.Array && list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
        ? [.. list.EnumerateArray().Select(item => item.GetString()!)]
        : [];

    public static int[] Numbers(JsonElement arguments, string name) => arguments.TryGetProperty(name, out var list)
        && list.ValueKind == JsonValueKind.Array && list.EnumerateArray().All(item => item.TryGetInt32(out _))
        ? [.. list.EnumerateArray().Select(item => item.GetInt32()).Distinct().Order()]
        : [];

    /// <summary>Summary and next steps as one text; too long is a matter for the caller.</summary>
    public static string Summary(JsonElement arguments)
    {
        var text = new StringBuilder(Text(arguments, "summary"));
        foreach (var (index, step) in Texts(arguments, "next_steps").Index())
        {
            text.Append(index == 0 ? NextSteps : "").Append(CultureInfo.InvariantCulture, $"\n- {step.ReplaceLineEndings(" ")}");
        }

        return text.ToString();
    }

    public static JsonElement State(SessionState session)
    {
        var bytes = JsonOutput.Bytes(session, static (Utf8JsonWriter writer, in SessionState state) =>
        {
            writer.WriteStartObject();
            writer.WriteString("goal", state.Goal);
            writer.WriteStartArray("plan");
            foreach (var (index, step) in state.Plan.Index())
            {
                writer.WriteStartObject();
                writer.WriteString("text", step);
                writer.WriteBoolean("done", state.Done.Contains(index + 1));
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteString("report", state.Report);
            writer.WriteString("stale_after", state.StaleAfter.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
            writer.WriteNumber("duration_s", Math.Max(0, (long)state.Duration.TotalSeconds));
            writer.WriteEndObject();
        });
        return JsonElement.Parse(bytes);
    }
}

/// <summary>What a mapping may say of a session.</summary>
internal sealed record SessionState
{
    public required string Goal { get; init; }

    public required IReadOnlyList<string> Plan { get; init; }

    /// <summary>Numbers of the steps that are done, from 1.</summary>
    public IReadOnlyList<int> Done { get; init; } = [];

    public string Report { get; init; } = "";

    public required DateTime StaleAfter { get; init; }

    public TimeSpan Duration { get; init; }
}
