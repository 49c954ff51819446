using System.Text;
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
    private readonly byte[][] _requiredUtf8;
    private readonly JsonContent<Source> _write;

    private ResponseMapping(IReadOnlyList<string> scoped, ObjectTemplate result, IReadOnlyList<string> required)
    {
        _scoped = scoped;
        _result = result;
        _required = required;
        _requiredUtf8 = [.. required.Select(Encoding.UTF8.GetBytes)];
        _write = (Utf8JsonWriter writer, in Source source) => _result.TryWrite(writer, null, source);
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

    private byte[] Write(in Source source) => JsonOutput.Bytes(source, _write);

    private string? MissingMember(byte[] result)
    {
        if (_required.Count == 0)
        {
            return null;
        }

        Span<bool> found = stackalloc bool[_required.Count];
        found.Clear();
        var reader = new Utf8JsonReader(result);
        while (reader.Read())
        {
            var isMember = reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1;
            for (var n = 0; isMember && n < found.Length; n++)
            {
                found[n] |= reader.ValueTextEquals(_requiredUtf8[n]);
            }
        }

        return found.IndexOf(false) is var missing and >= 0 ? _required[missing] : null;
    }

    // The Asana leak of 2025 was lost tenant scoping while an answer was assembled: so each answer is checked, not trusted.
    private string? ScopeFault(CallScope scope, JsonElement root)
    {
        foreach (var name in _scoped)
        {
            if (name == ".")
            {
                if (!ScopeCheck.IsPermitted(scope, root))
                {
                    return "root object outside the call's projects";
                }
            }
            else if (root.TryGetProperty(name, out var part) && !ScopeCheck.ArePermitted(scope, part))
            {
                return $"an object in {name} outside the call's projects";
            }
        }

        return ScopeCheck.HasForeign(scope, root) ? "a nested project_id outside the call's projects" : null;
    }
}
