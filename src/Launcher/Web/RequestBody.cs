using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentGateway.Launcher.Web;

/// <summary>A JSON body read strictly: every complaint is collected, and none is let through.</summary>
internal sealed class RequestBody
{
    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, MaxDepth = 2 };

    private readonly JsonElement _root;
    private readonly List<FieldError> _errors = [];

    private RequestBody(JsonElement root, string[] members)
    {
        _root = root;
        foreach (var property in root.EnumerateObject())
        {
            if (!members.Contains(Read(() => property.Name)))
            {
                Add(Read(() => property.Name) ?? "", "is not a member of this request");
            }
        }
    }

    public static async Task<RequestBody> ReadAsync(HttpRequest request, string[] members, CancellationToken cancel)
    {
        if (!request.HasJsonContentType())
        {
            throw Refuse.MediaType();
        }

        try
        {
            using var document = await JsonDocument.ParseAsync(request.Body, Options, cancel);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new RequestBody(document.RootElement.Clone(), members)
                : throw Refuse.Malformed("The body must be a JSON object.");
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            // A name that is half of a surrogate pair is no JSON error to the parser, but it is nobody's member.
            throw Refuse.Malformed("The body must be one flat JSON object in UTF-8 that names no member twice.");
        }
    }

    /// <summary>The fields of a form under the same rules; a flag is true when its box was checked.</summary>
    public static RequestBody Of(IFormCollection form, string[] members, string[] flags)
    {
        var fields = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var (name, values) in form)
        {
            fields[name] = values is [{ } value] && !flags.Contains(name) ? value : values is ["true"];
        }

        foreach (var flag in flags)
        {
            fields.TryAdd(flag, false);
        }

        return new RequestBody(JsonSerializer.SerializeToElement(fields, FormJson.Default.DictionaryStringObject), members);
    }

    /// <summary>The trimmed text; empty after a complaint, and null when an optional one is missing.</summary>
    public string? Text(string name, int longest, int shortest = 1, bool required = true)
    {
        if (!_root.TryGetProperty(name, out var value))
        {
            if (required)
            {
                Add(name, "is required");
            }

            return required ? "" : null;
        }

        if (value.ValueKind != JsonValueKind.String || Read(value.GetString)?.Trim() is not { } text)
        {
            Add(name, "must be a text in valid Unicode");
            return "";
        }

        if (!IsPlain(text))
        {
            Add(name, "must not hold control characters or unpaired surrogates");
        }
        else if (text.Length < shortest || text.Length > longest)
        {
            Add(name, $"must have {shortest} to {longest} characters");
        }

        return text;
    }

    public bool Flag(string name, bool? otherwise = null)
    {
        if (_root.TryGetProperty(name, out var value))
        {
            if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            {
                Add(name, "must be true or false");
            }

            return value.ValueKind == JsonValueKind.True;
        }

        if (otherwise is null)
        {
            Add(name, "is required");
        }

        return otherwise ?? false;
    }

    public void Add(string name, string message) => _errors.Add(new FieldError("/" + name, message));

    /// <summary>Throws when anything was complained about; every complaint is in the answer.</summary>
    public void Check()
    {
        if (_errors.Count > 0)
        {
            throw Refuse.Invalid(_errors);
        }
    }

    /// <summary>True for text that a database can keep and a header or a page can show.</summary>
    public static bool IsPlain(string text) => text.EnumerateRunes().All(rune => rune.Value != 0xFFFD)
        && !text.Any(char.IsControl);

    // Escapes that are half of a surrogate pair throw on reading; that is the caller's fault, not a failure.
    private static string? Read(Func<string?> get)
    {
        try
        {
            return get();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}

/// <summary>Fields of a form as the members of a body.</summary>
[JsonSerializable(typeof(Dictionary<string, object>))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(bool))]
internal sealed partial class FormJson : JsonSerializerContext;
