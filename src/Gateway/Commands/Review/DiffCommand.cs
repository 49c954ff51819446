using System.CommandLine;
using System.Text;
using System.Text.Json;
using AgentGateway.Gateway.Decide;
using AgentGateway.Gateway.Decide.Loading;

namespace AgentGateway.Gateway.Commands.Review;

/// <summary><c>gateway diff OLD NEW</c>: who gains and who loses by a change of the manifest.</summary>
internal static class DiffCommand
{
    private static readonly (Direction Direction, string Title)[] Parts =
    [
        (Direction.Gain, "Gains: agents can do or see more, or something else"),
        (Direction.Loss, "Losses: agents can do or see less"),
        (Direction.Words, "Words: only what the model is told"),
    ];

    public static Command Create()
    {
        var old = new Argument<string>("old") { Description = "Folder of the manifest in force." };
        var now = new Argument<string>("new") { Description = "Folder of the proposed one.", DefaultValueFactory = _ => "./config" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var markdown = new Option<bool>("--markdown") { Description = "As a comment under a change." };
        var strict = new Option<bool>("--fail-on-gain") { Description = "Exit code 1 when an agent gains anything." };
        var command = new Command("diff", "Say who gains and who loses between two manifests; both are checked first.")
        {
            old, now, json, markdown, strict,
        };
        command.SetAction(parsed =>
        {
            var from = ManifestReader.Load(parsed.GetRequiredValue(old));
            var to = ManifestReader.Load(parsed.GetRequiredValue(now));
            var changes = ManifestDiff.Compare(
                ManifestLeaves.Read(parsed.GetRequiredValue(old)), ManifestLeaves.Read(parsed.GetRequiredValue(now)));
            Console.Out.WriteLine(parsed.GetValue(json)
                ? Json(from, to, changes)
                : Text(from, to, changes, parsed.GetValue(markdown)));
            return parsed.GetValue(strict) && changes.Any(change => change.Direction == Direction.Gain) ? ExitCode.Failed : ExitCode.Ok;
        });
        return command;
    }

    private static string Text(Manifest from, Manifest to, IReadOnlyList<ManifestChange> changes, bool markdown)
    {
        var text = new StringBuilder();
        text.Append(markdown ? "### " : "").AppendLine($"Manifest {from.Digest[..12]} → {to.Digest[..12]}");
        if (changes.Count == 0)
        {
            return text.AppendLine().Append("No agent gains or loses anything.").ToString();
        }

        foreach (var (direction, title) in Parts)
        {
            var part = changes.Where(change => change.Direction == direction).ToList();
            text.AppendLine().Append(markdown ? "#### " : "").AppendLine($"{title} ({part.Count})");
            foreach (var change in part)
            {
                text.AppendLine(markdown
                    ? $"- **{change.Tool}**: {change.Sentence} — {string.Join(", ", change.Who)}"
                    : $"  {change.Tool}: {change.Sentence}  [{string.Join(", ", change.Who)}]");
            }
        }

        return text.ToString().TrimEnd();
    }

    private static string Json(Manifest from, Manifest to, IReadOnlyList<ManifestChange> changes)
    {
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("old", from.Digest);
            json.WriteString("new", to.Digest);
            json.WriteStartArray("changes");
            foreach (var change in changes)
            {
                json.WriteStartObject();
                json.WriteString("direction", change.Direction.ToString().ToLowerInvariant());
                json.WriteString("tool", change.Tool);
                json.WriteString("place", change.Place);
                json.WriteString("old", change.Old);
                json.WriteString("new", change.New);
                json.WriteString("sentence", change.Sentence);
                json.WriteStartArray("who");
                foreach (var who in change.Who)
                {
                    json.WriteStringValue(who);
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(memory.ToArray());
    }
}
