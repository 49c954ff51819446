using System.CommandLine;
using System.Text;
using System.Text.Json;
using AgentGateway.Gateway.Decide;
using AgentGateway.Gateway.Decide.Loading;

namespace AgentGateway.Gateway.Commands.Review;

/// <summary><c>gateway prove</c>: that no route can do what agents must never do; exit code 1 with every counter-example.</summary>
internal static class ProveCommand
{
    private sealed record Proof(Claim Claim, IReadOnlyList<string> CounterExamples);

    public static Command Create()
    {
        var names = new Argument<string[]>("claim")
        {
            Description = $"One or more of {string.Join(", ", Claims.All.Select(claim => claim.Name))}; without one, all.",
        };
        var config = ManifestCommands.ConfigOption();
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var command = new Command("prove", "Show that no route of a manifest can delete, invite or do anything else that is excluded.")
        {
            names, config, json,
        };
        command.SetAction(parsed =>
        {
            var wanted = Wanted(parsed.GetValue(names) ?? []);
            var manifest = ManifestReader.Load(parsed.GetValue(config)!);
            var tools = ManifestLeaves.Read(parsed.GetValue(config)!).Tools
                .Where(tool => tool.Key != ManifestLeaves.Shared)
                .Select(tool => new ReviewedTool(tool.Key, tool.Value))
                .ToList();
            var proofs = wanted.Select(claim => new Proof(claim, [.. tools.SelectMany(claim.Find)])).ToList();
            Console.Out.WriteLine(parsed.GetValue(json) ? Json(manifest, tools, proofs) : Text(manifest, tools, proofs));
            return proofs.TrueForAll(proof => proof.CounterExamples.Count == 0) ? ExitCode.Ok : ExitCode.Failed;
        });
        return command;
    }

    private static IReadOnlyList<Claim> Wanted(string[] names) => names.Length == 0
        ? Claims.All
        : [.. names.Select(name => Claims.All.FirstOrDefault(claim => claim.Name == name)
            ?? throw new UsageException(
                $"There is no claim \"{name}\"; there are {string.Join(", ", Claims.All.Select(claim => claim.Name))}."))];

    private static string Text(Manifest manifest, List<ReviewedTool> tools, List<Proof> proofs)
    {
        var text = new StringBuilder();
        text.AppendLine(
            $"Looked at {tools.Count} tools, {tools.Count(tool => tool.Path is not null)} routes and "
            + $"{tools.Sum(tool => tool.Sendable.Count())} things they can send, manifest {manifest.Digest[..12]}.");
        foreach (var (claim, found) in proofs)
        {
            text.AppendLine($"{(found.Count == 0 ? "holds" : "FAILS")}  {claim.Name}: {claim.Sentence}");
            foreach (var example in found)
            {
                text.AppendLine($"         {example}");
            }
        }

        return text.ToString().TrimEnd();
    }

    private static string Json(Manifest manifest, List<ReviewedTool> tools, List<Proof> proofs)
    {
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("manifest", manifest.Digest);
            json.WriteNumber("tools", tools.Count);
            json.WriteNumber("routes", tools.Count(tool => tool.Path is not null));
            json.WriteStartArray("claims");
            foreach (var (claim, found) in proofs)
            {
                json.WriteStartObject();
                json.WriteString("claim", claim.Name);
                json.WriteBoolean("holds", found.Count == 0);
                json.WriteString("sentence", claim.Sentence);
                json.WriteStartArray("counter_examples");
                foreach (var example in found)
                {
                    json.WriteStringValue(example);
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
