using System.Text.Json;
using AgentGateway.Policy;
using AgentGateway.Transforms.Mapping;

namespace AgentGateway.Transforms.Response;

/// <summary>How an adapter answer becomes the tool's result: which objects must belong to the call's projects, and what is kept.</summary>
public sealed class ResponseMapping
{
    // What Codex shows in full; above about 40 KB it cuts the middle out with a misleading marker.
    private const int MaxResultBytes = 32 * 1024;
    private const int MaxDepth = 32;

    private readonly IReadOnlyList<string> _scoped;
    private readonly ObjectTemplate _result;
    private readonly IReadOnlyList<string> _required;

    private ResponseMapping(IReadOnlyList<string> scoped, ObjectTemplate result, IReadOnlyList<string> required)
    {
        _scoped = scoped;
        _result = result;
        _required = required;
    }

    /// <param name="response">The <c>Response</c> part of a route.</param>
    /// <param name="required">Members each successful result must have (<c>outputRequired</c> of the contract).</param>
    /// <param name="faults">Gets every fault.</param>
    public static ResponseMapping? Read(JsonElement response, IReadOnlyList<string> required, ICollection<string> faults)
    {
        if (response.ValueKind != JsonValueKind.Object || !response.TryGetProperty("Result", out var json))
        {
            faults.Add("Response.Result is missing.");
            return null;
        }

        foreach (var member in response.EnumerateObject().Where(member => member.Name is not ("Scoped" or "Result")))
        {
            faults.Add($"Response: unknown member {member.Name}.");
        }

        if (!response.TryGetProperty("Scoped", out var scoped) || scoped.ValueKind != JsonValueKind.Array || scoped.GetArrayLength() == 0)
        {
            faults.Add("Response.Scoped must name the objects that carry a project_id; \".\" is the root.");
            return null;
        }

        if (Template.Compile(json, TemplateSide.Response, faults) is not ObjectTemplate result)
        {
            faults.Add("Response.Result must be an object.");
            return null;
        }

        foreach (var name in required.Where(name => !result.Names.Contains(name, StringComparer.Ordinal)))
        {
            faults.Add($"Response.Result never has {name}, which the contract's outputRequired promises.");
        }

        return new ResponseMapping([.. scoped.EnumerateArray().Select(name => name.GetString() ?? "")], result, required);
    }

    /// <summary>Checks and maps a 2xx body.</summary>
    /// <returns>The result, or why the answer is withheld.</returns>
    internal (byte[]? Result, Reason? Reason, string Fault) Map(CallScope scope, byte[] body, bool created)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(body, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = MaxDepth });
        }
        catch (JsonException)
        {
            return (null, Reasons.UpstreamInvalid, "not strict JSON");
        }

        using (document)
        {
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return (null, Reasons.UpstreamInvalid, "not an object");
            }

            if (ScopeFault(scope, root) is { } fault)
            {
                return (null, Reasons.UpstreamInvalid, fault);
            }

            var result = Write(new Source { Root = root, Scope = scope, Created = created });
            if (MissingMember(result) is { } missing)
            {
                return (null, Reasons.UpstreamInvalid, $"without {missing}");
            }

            return result.Length <= MaxResultBytes ? (result, null, "") : (null, Reasons.ResponseTooLarge, "result over 32 KB");
        }
    }

    private byte[] Write(in Source source)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, JsonOutput.Options))
        {
            _result.TryWrite(writer, null, source);
        }

        return buffer.ToArray();
    }

    private string? MissingMember(byte[] result)
    {
        if (_required.Count == 0)
        {
            return null;
        }

        var reader = new Utf8JsonReader(result);
        var found = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1)
            {
                found.Add(reader.GetString()!);
            }
        }

        return _required.FirstOrDefault(name => !found.Contains(name));
    }

    // The Asana leak of 2025 was lost tenant scoping while an answer was assembled: so each answer is checked, not trusted.
    private string? ScopeFault(CallScope scope, JsonElement root)
    {
        foreach (var name in _scoped)
        {
            if (name == ".")
            {
                if (!IsPermitted(scope, root))
                {
                    return "root object outside the call's projects";
                }
            }
            else if (root.TryGetProperty(name, out var part) && !ArePermitted(scope, part))
            {
                return $"an object in {name} outside the call's projects";
            }
        }

        return HasForeign(scope, root) ? "a nested project_id outside the call's projects" : null;
    }

    private static bool ArePermitted(CallScope scope, JsonElement part) => part.ValueKind switch
    {
        JsonValueKind.Array => part.EnumerateArray().All(item => IsPermitted(scope, item)),
        JsonValueKind.Null => true,
        _ => IsPermitted(scope, part),
    };

    private static bool IsPermitted(CallScope scope, JsonElement item) =>
        item.ValueKind == JsonValueKind.Object
        && item.TryGetProperty("project_id", out var id)
        && id.ValueKind == JsonValueKind.String
        && id.TryGetGuid(out var project)
        && scope.Projects.Any(grant => grant.ProjectId == project);

    private static bool HasForeign(CallScope scope, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().Any(member =>
            (member.NameEquals("project_id") && !IsPermitted(scope, value)) || HasForeign(scope, member.Value)),
        JsonValueKind.Array => value.EnumerateArray().Any(item => HasForeign(scope, item)),
        _ => false,
    };
}
