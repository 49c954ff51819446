using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentGateway.Contract.Check;

namespace AgentGateway.Contract.Wire;

/// <summary>What came back, and which call it answers.</summary>
internal sealed record Answer(string Call, int Status, string Body, string? Type, IReadOnlyDictionary<string, string> Headers)
{
    public bool Succeeded => Status is >= 200 and < 300;

    public JsonNode? Json => Parse();

    public static async Task<Answer> ReadAsync(HttpRequestMessage request, HttpResponseMessage response) => new(
        $"{request.Method} {PathOf(request.RequestUri).Replace(AdapterClient.Prefix, "", StringComparison.Ordinal)}",
        (int)response.StatusCode,
        await response.Content.ReadAsStringAsync(),
        response.Content.Headers.ContentType?.MediaType,
        response.Headers.ToDictionary(header => header.Key, header => string.Join(',', header.Value), StringComparer.OrdinalIgnoreCase));

    public Answer Is(params int[] statuses) => statuses.Contains(Status)
        ? this
        : throw new BrokenPromiseException($"{Call} answered {Status} instead of {string.Join(" or ", statuses)}: {Expect.Short(Body)}");

    /// <summary>A refusal with this status and code.</summary>
    public Answer Refuses(int status, string code)
    {
        Is(status);
        Expect.Same(code, Text("code"), $"{Call}, code");
        return this;
    }

    /// <summary>The text at a path such as <c>errors.0.pointer</c>.</summary>
    public string Text(string path) => At(path) switch
    {
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        var other => other?.ToJsonString() ?? "(nothing)",
    };

    public JsonNode? At(string path) => path.Split('.').Aggregate(Json, (node, step) => node switch
    {
        JsonArray items => int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var i) && i < items.Count ? items[i] : null,
        JsonObject members => members[step],
        _ => null,
    });

    public IReadOnlyList<JsonNode> Items(string path) =>
        At(path) is JsonArray items ? [.. items.OfType<JsonNode>()] : throw new BrokenPromiseException($"{Call} has no list {path}.");

    private static string PathOf(Uri? address) =>
        address is { IsAbsoluteUri: true } ? address.PathAndQuery : address?.OriginalString ?? "";

    private JsonNode? Parse()
    {
        try
        {
            return Body.Length == 0 ? null : JsonNode.Parse(Body);
        }
        catch (JsonException)
        {
            throw new BrokenPromiseException($"{Call} answered {Status} with something that is no JSON: {Expect.Short(Body)}");
        }
    }
}
