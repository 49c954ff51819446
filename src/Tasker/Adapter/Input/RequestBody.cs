using System.Text.Json;
using System.Text.Unicode;

namespace AgentGateway.Tasker.Adapter.Input;

/// <summary>A JSON body read strictly: every complaint is collected, and none is let through.</summary>
internal sealed partial class RequestBody(JsonElement root, string at = "")
{
    private const int Deepest = 8;

    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, MaxDepth = Deepest };

    private List<FieldError> _errors = [];

    public JsonElement Root => root;

    public static async Task<RequestBody> ReadAsync(HttpRequest request, CancellationToken cancel)
    {
        if (!request.HasJsonContentType())
        {
            throw Refuse.MediaType();
        }

        var bytes = await BodyBytes.ReadAsync(request, cancel);
        if (!Utf8.IsValid(bytes.Span))
        {
            throw Refuse.Malformed("The body is not UTF-8.");
        }

        try
        {
            using var document = JsonDocument.Parse(bytes, Options);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new RequestBody(document.RootElement.Clone())
                : throw Refuse.Malformed("The body must be a JSON object.");
        }
        catch (JsonException)
        {
            throw Refuse.Malformed($"The body must be one JSON object of at most {Deepest} levels that names no member twice.");
        }
    }

    /// <summary>Refuses members outside the list: the tracker's own columns as forbidden, others as unknown.</summary>
    public RequestBody Only(params ReadOnlySpan<string> members)
    {
        var unknown = new List<FieldError>();
        foreach (var property in root.EnumerateObject())
        {
            var name = NameOf(property);
            if (!members.Contains(name))
            {
                var code = TrackerColumns.Contains(name) ? "operation_forbidden" : "validation_failed";
                unknown.Add(new FieldError($"{at}/{name}", code, "cannot be written here"));
            }
        }

        if (unknown.Count == 0)
        {
            return this;
        }

        throw unknown.Exists(error => error.Code == "operation_forbidden")
            ? Refuse.Members(unknown)
            : Refuse.Invalid("validation_failed", "The body has members that do not exist.", unknown);
    }

    /// <summary>Complains about a member, or about the body as a whole when the name is empty.</summary>
    public void Add(string name, string message) => Complain(name.Length == 0 ? at : $"{at}/{name}", message);

    private void Complain(string pointer, string message) => _errors.Add(new FieldError(pointer, "validation_failed", message));

    /// <summary>Throws when anything was complained about; every complaint is in the answer.</summary>
    public void Check()
    {
        if (_errors.Count > 0)
        {
            throw Refuse.Invalid(_errors[0].Code, string.Join(" ", _errors.Select(e => $"{e.Pointer.TrimStart('/')}: {e.Message}.")), _errors);
        }
    }

    private static string NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            throw Refuse.Malformed("A member's name holds half of a surrogate pair.");
        }
    }
}
