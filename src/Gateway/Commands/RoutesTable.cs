using System.Text;
using System.Text.Json;
using AgentGateway.Gateway.Decide;
using AgentGateway.Policy;

namespace AgentGateway.Gateway.Commands;

/// <summary>The whole attack surface as a table: one row a tool, for a terminal or for docs/ROUTES.md.</summary>
internal static class RoutesTable
{
    private static readonly string[] Columns =
        ["tool", "scope", "also needs", "effect", "project from", "method", "adapter path", "query", "body members", "idempotent"];

    public static string Text(Manifest manifest)
    {
        var rows = Rows(manifest).Prepend(Columns).ToList();
        // Query and body are long: on a terminal they would push the rest out of sight, so the last columns are not padded.
        var widths = Columns.Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        var lines = rows.Select(row => string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        return $"{string.Join('\n', lines)}\n\n{Summary(manifest)}\n";
    }

    public static string Markdown(Manifest manifest)
    {
        var rows = Rows(manifest).Select(row => $"| {string.Join(" | ", row.Select(cell => cell.Length == 0 ? "–" : cell))} |");
        return $"""
            # Routes

            Everything an agent can reach, generated from `config/` by `gateway routes --markdown` and held to it by a test.
            There is no other route, no catch-all and no DELETE.

            | {string.Join(" | ", Columns)} |
            |{string.Concat(Columns.Select(_ => "---|"))}
            {string.Join('\n', rows)}

            {Summary(manifest)}

            """;
    }

    /// <summary>The same rows, each an object with the columns as members.</summary>
    public static string Json(Manifest manifest)
    {
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("contract", manifest.Contract);
            json.WriteString("manifest", manifest.Digest);
            json.WriteStartArray("routes");
            foreach (var row in Rows(manifest))
            {
                json.WriteStartObject();
                foreach (var (column, cell) in Columns.Zip(row))
                {
                    json.WriteString(column.Replace(' ', '_'), cell);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(memory.ToArray()) + "\n";
    }

    private static string Summary(Manifest manifest) =>
        $"{manifest.Tools.Count} tools, {manifest.Tools.Count(tool => tool.Route is not null)} routes, "
        + $"contract {manifest.Contract}, manifest {manifest.Digest}";

    private static IEnumerable<string[]> Rows(Manifest manifest) => manifest.Tools.Select(tool => new[]
    {
        tool.Rule.Tool,
        tool.Rule.Scope ?? "",
        string.Join(", ", tool.Rule.AlsoNeeds.Select(also => $"{also.Argument}: {also.Scope}")),
        tool.Rule.Effect == Effect.Write ? "write" : "read",
        tool.Rule.Addressing switch
        {
            Addressing.None => "",
            Addressing.Project => "argument",
            Addressing.Card => "card",
            Addressing.Granted => "grants",
            Addressing.Session => "session",
            var other => throw new InvalidOperationException($"No word for {other}."),
        },
        tool.Route?.Request.Method ?? "",
        tool.Route?.Yarp.Match.Path?.Replace(Transforms.Request.PathTemplate.Prefix, "", StringComparison.Ordinal) ?? "answered by the gateway",
        string.Join(", ", tool.Route?.Request.QueryNames ?? []),
        string.Join(", ", tool.Route?.Request.BodyMembers ?? []),
        tool.Rule.Effect == Effect.Write ? "by key" : "",
    });
}
