using System.Globalization;
using System.Text.Json;
using AgentGateway.Tasker.Blocks.Guard;

namespace AgentGateway.Tasker.Adapter.Input;

// The typed members of a body.
internal sealed partial class RequestBody
{
    /// <summary>One line of text; line breaks and tabs count as spaces.</summary>
    public string? Line(string name, int longest, int shortest = 1) =>
        Text(name, longest, shortest, text => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));

    public string? Text(string name, int longest, int shortest = 1) => Text(name, longest, shortest, static text => text);

    public string RequiredLine(string name, int longest, int shortest = 1)
    {
        RequirePresent(name);
        return Line(name, longest, shortest) ?? "";
    }

    public string RequiredText(string name, int longest, int shortest = 1)
    {
        RequirePresent(name);
        return Text(name, longest, shortest) ?? "";
    }

    public Field<string> Nullable(string name, int longest) => root.TryGetProperty(name, out var value)
        ? new(true, value.ValueKind == JsonValueKind.Null ? null : Line(name, longest))
        : default;

    public string? OneOf(string name, params ReadOnlySpan<string> words)
    {
        var word = Line(name, 40);
        if (word is not null && !words.Contains(word))
        {
            Add(name, $"must be one of {string.Join(", ", words!)}");
        }

        return word;
    }

    public bool Has(string name) => root.TryGetProperty(name, out _);

    public bool Flag(string name)
    {
        if (root.TryGetProperty(name, out var value) && value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            Add(name, "must be true or false");
            return false;
        }

        return root.TryGetProperty(name, out value) && value.ValueKind == JsonValueKind.True;
    }

    public Field<DateOnly?> Date(string name)
    {
        if (!root.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return new(value.ValueKind == JsonValueKind.Null, null);
        }

        if (value.ValueKind == JsonValueKind.String && DateOnly.TryParseExact(
            StringOf(value), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            return new(true, date);
        }

        Add(name, "must be a date such as 2026-05-31");
        return new(true, null);
    }

    public int? Number(string name, int least, int most)
    {
        if (!root.TryGetProperty(name, out var value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most)
        {
            return number;
        }

        Add(name, $"must be a whole number from {least} to {most}");
        return null;
    }

    public IReadOnlyList<Named> List(string name, int most, int longest)
    {
        if (!root.TryGetProperty(name, out var value))
        {
            return [];
        }

        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > most)
        {
            Add(name, $"must be a list of at most {most} texts");
            return [];
        }

        return [.. value.EnumerateArray().Select((item, index) => $"{at}/{name}/{index}" is var pointer
            ? new Named(pointer, Read(item, pointer, longest, 1, Trim) ?? "")
            : default)];
    }

    /// <summary>The objects of an array, each read as strictly; their complaints are collected here.</summary>
    public IReadOnlyList<RequestBody> Objects(string name, int most)
    {
        if (!root.TryGetProperty(name, out var value))
        {
            return [];
        }

        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() <= most
            && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Object))
        {
            return [.. value.EnumerateArray().Select((item, index) => new RequestBody(item, $"{at}/{name}/{index}") { _errors = _errors })];
        }

        Add(name, $"must be a list of at most {most} objects");
        return [];
    }

    private string? Text(string name, int longest, int shortest, Func<string, string> form) =>
        root.TryGetProperty(name, out var value) ? Read(value, $"{at}/{name}", longest, shortest, form) : null;

    private string? Read(JsonElement value, string pointer, int longest, int shortest, Func<string, string> form)
    {
        if (value.ValueKind != JsonValueKind.String || StringOf(value) is not { } raw)
        {
            Complain(pointer, value.ValueKind == JsonValueKind.String ? "holds half of a surrogate pair" : "must be a text");
            return null;
        }

        try
        {
            var text = form(TextRules.Accept(raw));
            SecretScanner.Check(text);
            var length = Limits.CodePoints(text);
            if (length < shortest || length > longest)
            {
                Complain(pointer, $"must have {shortest} to {longest} characters, not {length}");
            }

            return text;
        }
        catch (ContentRefusedException refused)
        {
            _errors.Add(new FieldError(pointer, refused.Problem.Code, refused.Problem.Message.TrimEnd('.')));
            return null;
        }
    }

    private void RequirePresent(string name)
    {
        if (!root.TryGetProperty(name, out _))
        {
            Add(name, "is required");
        }
    }

    private static string Trim(string text) => text.Trim();

    // GetString throws on escapes that are half of a surrogate pair; that is the caller's fault, not a failure.
    private static string? StringOf(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
