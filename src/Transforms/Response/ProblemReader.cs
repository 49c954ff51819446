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

    /// <summary>Stands for the call's arguments as a whole.</summary>
    private const string Whole = "arguments";

    public static (Reason? Reason, byte[] Refusal) Read(byte[] body, RequestMapping mapping, CallScope scope)
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
                if (reason == Reasons.ScopeMissing && MissingScope(root) is { } missing)
                {
                    return (reason, RefusalText.Write(reason, $"The agent lacks the permission {missing} here.", []));
                }

                var errors = Errors(root, mapping, scope, explain: reason == Reasons.ValidationFailed);
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

    // A scope is a word of our own closed list, so it may be repeated whoever says it.
    private static string? MissingScope(JsonElement root) =>
        root.TryGetProperty("errors", out var list) && list.ValueKind == JsonValueKind.Array && list.GetArrayLength() > 0
            && list[0].ValueKind == JsonValueKind.Object && Text(list[0], "value") is { } scope && Scopes.All.Contains(scope)
            ? scope
            : null;

    private static List<ArgumentProblem> Errors(JsonElement root, RequestMapping mapping, CallScope scope, bool explain)
    {
        var errors = new List<ArgumentProblem>();
        if (!root.TryGetProperty("errors", out var list) || list.ValueKind != JsonValueKind.Array)
        {
            return errors;
        }

        foreach (var entry in list.EnumerateArray().Take(MaxErrors).Where(entry => entry.ValueKind == JsonValueKind.Object))
        {
            var argument = Argument(Text(entry, "pointer") ?? "", mapping);
            errors.Add(new ArgumentProblem(
                argument, Message(entry, argument, scope) + (explain ? Expected(argument, mapping) : ""), Candidates(entry)));
        }

        return errors;
    }

    private static string Message(JsonElement entry, string argument, CallScope scope) => Text(entry, "value") switch
    {
        { } value when scope.Arguments is { } sent && Holds(sent, value) => $"\"{value}\" does not fit",
        _ when argument != Whole && scope.Arguments is { } sent && !sent.TryGetProperty(argument, out _) => "is missing",
        _ => "does not fit",
    };

    // The contract's own words say what would fit; Tasker's sentence stays behind.
    private static string Expected(string argument, RequestMapping mapping) =>
        mapping.Meanings.TryGetValue(argument, out var meaning) ? $"; expected: {meaning.TrimEnd('.')}" : "";

    // Tasker names the place in its own body; the agent knows its arguments.
    private static string Argument(string pointer, RequestMapping mapping)
    {
        if (pointer.Length == 0)
        {
            return Whole;
        }

        var steps = pointer.TrimStart('/').Split('/');
        // Several arguments may go into one member of the body; the last step tells them apart when it bears their name.
        return mapping.Reads.FirstOrDefault(read => read.Target == steps[0] && read.Argument == steps[^1]).Argument
            ?? mapping.Reads.FirstOrDefault(read => read.Target == steps[0]).Argument
            ?? Whole;
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
