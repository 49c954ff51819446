using System.Text.Json;
using AgentGateway.Transforms.Mapping;

namespace AgentGateway.Transforms.Request;

/// <summary>Compiles the <c>Request</c> part of a route; every fault is reported, none is guessed around.</summary>
public static class RequestMappingReader
{
    private static readonly string[] Known = ["Query", "Headers", "Body", "Nulls"];

    /// <summary>Verbs a route may have: no DELETE, by construction.</summary>
    private static readonly string[] Methods = ["GET", "POST", "PATCH", "PUT"];

    public static RequestMapping? Read(string method, string path, JsonElement request, ICollection<string> faults,
        IReadOnlyDictionary<string, string>? meanings = null)
    {
        var before = faults.Count;
        if (!Methods.Contains(method, StringComparer.Ordinal))
        {
            faults.Add($"Methods: {method} is not one of {string.Join(", ", Methods)}.");
        }

        var template = PathTemplate.Parse(path, faults);
        if (request.ValueKind is not (JsonValueKind.Object or JsonValueKind.Undefined))
        {
            faults.Add("Request must be an object.");
            return null;
        }

        foreach (var member in Members(request).Where(member => !Known.Contains(member.Name)))
        {
            faults.Add($"Request: unknown member {member.Name}.");
        }

        var query = References(request, "Query", faults);
        var ifMatch = IfMatch(request, faults);
        var body = Body(request, method, faults);
        var nulls = request.ValueKind == JsonValueKind.Object && request.TryGetProperty("Nulls", out var names) ? names.GetString() : null;
        return faults.Count == before
            ? new RequestMapping(method, template!, query, ifMatch, body, nulls) { Meanings = meanings ?? new Dictionary<string, string>() }
            : null;
    }

    private static Reference? IfMatch(JsonElement request, ICollection<string> faults)
    {
        var headers = References(request, "Headers", faults);
        foreach (var (name, _) in headers.Where(header => header.Name != "If-Match"))
        {
            faults.Add($"Request.Headers: only If-Match can be mapped, not {name}.");
        }

        return headers.FirstOrDefault(header => header.Name == "If-Match").Value;
    }

    private static ObjectTemplate? Body(JsonElement request, string method, ICollection<string> faults)
    {
        if (request.ValueKind != JsonValueKind.Object || !request.TryGetProperty("Body", out var json))
        {
            return null;
        }

        if (method == "GET")
        {
            faults.Add("Request: a GET has no body.");
        }

        var body = Template.Compile(json, TemplateSide.Request, faults) as ObjectTemplate;
        if (body is null)
        {
            faults.Add("Request.Body must be an object.");
        }

        return body;
    }

    private static List<(string Name, Reference Value)> References(JsonElement request, string part, ICollection<string> faults)
    {
        var references = new List<(string, Reference)>();
        if (request.ValueKind != JsonValueKind.Object || !request.TryGetProperty(part, out var json))
        {
            return references;
        }

        foreach (var member in Members(json))
        {
            if (member.Value.ValueKind != JsonValueKind.String || !member.Value.GetString()!.StartsWith('$'))
            {
                faults.Add($"Request.{part}.{member.Name} must be a reference.");
            }
            else if (Reference.Parse(member.Value.GetString()!, TemplateSide.Request, insideAs: false, faults) is { } reference)
            {
                references.Add((member.Name, reference));
            }
        }

        return references;
    }

    private static JsonProperty[] Members(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object ? [.. json.EnumerateObject()] : [];
}
