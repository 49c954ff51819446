using System.Text.Json;
using AgentGateway.Policy;
using AgentGateway.Transforms.Request;

namespace AgentGateway.Transforms.Response;

/// <summary>Reads Tasker's problem document: a code of our vocabulary, candidates that look like names, no sentence of Tasker's.</summary>
internal static class ProblemReader
{
    private const int MaxErrors = 10;
    private const int MaxCandidates = 5;
    private const int MaxText = 120;

    public static (Reason? Reason, byte[] Refusal) Read(byte[] body, RequestMapping mapping, Permit permit)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 16 });
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object
                && root.TryGetProperty("code", out var code)
                && code.ValueKind == JsonValueKind.String
                && Reasons.ByCode.TryGetValue(code.GetString()!, out var reason))
            {
                var errors = Errors(root, mapping, permit);
                return (reason, RefusalText.Write(reason, Sentence(reason, errors), errors, Revision(root)));
            }
        }
        catch (JsonException)
        {
            // Not a problem document: the caller treats it as a broken contract.
        }

        return (null, []);
    }

    private static string Sentence(Reason reason, IReadOnlyList<ArgumentProblem> errors) =>
        errors is [{ Candidates.Count: > 0 } first, ..]
            ? $"{reason.Detail} {first.Argument}: {first.Message}; did you mean {string.Join(" or ", first.Candidates)}?"
            : errors is [var only, ..] ? $"{reason.Detail} {only.Argument}: {only.Message}." : reason.Detail;

    private static List<ArgumentProblem> Errors(JsonElement root, RequestMapping mapping, Permit permit)
    {
        var errors = new List<ArgumentProblem>();
        if (!root.TryGetProperty("errors", out var list) || list.ValueKind != JsonValueKind.Array)
        {
            return errors;
        }

        foreach (var entry in list.EnumerateArray().Take(MaxErrors).Where(entry => entry.ValueKind == JsonValueKind.Object))
        {
            var value = Text(entry, "value");
            var known = value is not null && Holds(permit.Call.Arguments, value);
            errors.Add(new ArgumentProblem(
                Argument(Text(entry, "pointer") ?? "", mapping),
                known ? $"\"{value}\" does not fit" : "does not fit",
                Candidates(entry)));
        }

        return errors;
    }

    // Tasker names the place in its own body; the agent knows its arguments.
    private static string Argument(string pointer, RequestMapping mapping)
    {
        var steps = pointer.TrimStart('/').Split('/');
        // Several arguments may go into one member of the body; the last step tells them apart when it bears their name.
        return mapping.Reads.FirstOrDefault(read => read.Target == steps[0] && read.Argument == steps[^1]).Argument
            ?? mapping.Reads.FirstOrDefault(read => read.Target == steps[0]).Argument
            ?? "arguments";
    }

    private static List<string> Candidates(JsonElement entry) =>
        entry.TryGetProperty("candidates", out var list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray()
                .Where(item => item.ValueKind == JsonValueKind.String)
                .Select(item => item.GetString()!)
                .Where(text => text.Length is > 0 and <= MaxText && !text.Any(char.IsControl))
                .Take(MaxCandidates)]
            : [];

    private static string? Revision(JsonElement root) =>
        Text(root, "current_rev") is { Length: > 1 and <= 20 } rev && rev.All(char.IsAsciiLetterOrDigit) ? rev : null;

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // A value is repeated only when the agent itself sent it: an answer cannot carry foreign text this way.
    private static bool Holds(JsonElement json, string text) => json.ValueKind switch
    {
        JsonValueKind.String => text.Length <= MaxText && json.ValueEquals(text),
        JsonValueKind.Array => json.EnumerateArray().Any(item => Holds(item, text)),
        JsonValueKind.Object => json.EnumerateObject().Any(member => Holds(member.Value, text)),
        _ => false,
    };
}
