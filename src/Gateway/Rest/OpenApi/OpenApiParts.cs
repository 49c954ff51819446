using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentGateway.Gateway.Accept;
using AgentGateway.Policy;

namespace AgentGateway.Gateway.Rest.OpenApi;

/// <summary>What both documents are put together from; equal input gives equal bytes.</summary>
internal static class OpenApiParts
{
    private const string Credential = "bearer";

    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static byte[] Write(string title, string description, string token, JsonObject paths) =>
    [
        .. JsonSerializer.SerializeToUtf8Bytes(
            new JsonObject
            {
                ["openapi"] = "3.1.0",
                ["info"] = new JsonObject
                {
                    ["title"] = title,
                    ["version"] = Reply.Server.Version,
                    ["description"] = description,
                },
                ["security"] = new JsonArray(new JsonObject { [Credential] = new JsonArray() }),
                ["paths"] = paths,
                ["components"] = new JsonObject
                {
                    ["securitySchemes"] = new JsonObject
                    {
                        [Credential] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["description"] = token },
                    },
                    ["schemas"] = new JsonObject { ["Problem"] = Problem() },
                    ["responses"] = Refusals(),
                },
            },
            Readable),
        (byte)'\n',
    ];

    /// <summary>Adds an operation under its path.</summary>
    public static void Add(JsonObject paths, string method, string path, JsonObject operation)
    {
        if (paths[path] is not JsonObject item)
        {
            paths[path] = item = [];
        }

        item[method.ToLowerInvariant()] = operation;
    }

    public static JsonObject Body(JsonNode schema, bool required) => new()
    {
        ["required"] = required,
        ["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = schema } },
    };

    /// <summary>The good answer beside the refusals by status.</summary>
    public static JsonObject Responses(
        int status, string description, JsonNode schema, IEnumerable<int> refusals, string media = "application/json")
    {
        var responses = new JsonObject
        {
            [Number(status)] = new JsonObject
            {
                ["description"] = description,
                ["content"] = new JsonObject { [media] = new JsonObject { ["schema"] = schema } },
            },
        };
        foreach (var refusal in refusals)
        {
            responses[Number(refusal)] = new JsonObject { ["$ref"] = $"#/components/responses/Refused{refusal}" };
        }

        return responses;
    }

    public static JsonObject Parameter(string name, string place, string description, bool required, JsonObject? schema = null) => new()
    {
        ["name"] = name,
        ["in"] = place,
        ["required"] = required,
        ["description"] = description,
        ["schema"] = schema ?? new JsonObject { ["type"] = "string" },
    };

    public static JsonObject Text(string? description = null) =>
        description is null ? new JsonObject { ["type"] = "string" } : new JsonObject { ["type"] = "string", ["description"] = description };

    private static string Number(int status) => status.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static JsonObject Problem() => new()
    {
        ["type"] = "object",
        ["description"] = "RFC 9457. The code is one of a closed vocabulary; the sentences may change.",
        ["required"] = new JsonArray("type", "title", "status", "code", "detail", "hint", "retryable", "request_id"),
        ["properties"] = new JsonObject
        {
            ["type"] = Text("urn:nodedc:problem:<code>"),
            ["title"] = Text(),
            ["status"] = new JsonObject { ["type"] = "integer" },
            ["code"] = new JsonObject
            {
                ["type"] = "string",
                ["enum"] = new JsonArray([.. Reasons.ByCode.Keys.Order(StringComparer.Ordinal).Select(code => (JsonNode)code)]),
            },
            ["detail"] = Text("What happened."),
            ["hint"] = Text("What to do next."),
            ["retryable"] = new JsonObject { ["type"] = "boolean" },
            ["check"] = Text("Which check decided."),
            ["retry_after"] = new JsonObject { ["type"] = "integer", ["description"] = "Seconds to wait." },
            ["errors"] = new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "object" } },
            ["request_id"] = Text("Finds the event in the audit."),
        },
    };

    private static JsonObject Refusals()
    {
        var responses = new JsonObject();
        // The front door refuses with several statuses under one code.
        var all = Reasons.ByCode.Values.Append(Reasons.RequestRefused with { Status = StatusCodes.Status415UnsupportedMediaType });
        foreach (var same in all.GroupBy(reason => reason.Status).OrderBy(group => group.Key))
        {
            responses[$"Refused{same.Key}"] = new JsonObject
            {
                ["description"] = string.Join(", ", same.Select(reason => reason.Code).Order(StringComparer.Ordinal)),
                ["content"] = new JsonObject
                {
                    ["application/problem+json"] = new JsonObject
                    {
                        ["schema"] = new JsonObject { ["$ref"] = "#/components/schemas/Problem" },
                    },
                },
            };
        }

        return responses;
    }
}
