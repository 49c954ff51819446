using System.Text.Json.Nodes;
using AgentGateway.Gateway.Owners.Api;

namespace AgentGateway.Gateway.Rest.OpenApi;

/// <summary>The backends' routes as OpenAPI: one operation per entry of <see cref="OwnerOperations"/>.</summary>
internal static class OwnersDocument
{
    private static readonly int[] ReadRefusals = [401, 404, 422, 429, 503];
    private static readonly int[] WriteRefusals = [400, 401, 404, 409, 413, 415, 422, 429, 502, 503];

    public static byte[] Write()
    {
        var paths = new JsonObject();
        foreach (var operation in OwnerOperations.All)
        {
            OpenApiParts.Add(paths, operation.Method, InternalGate.Prefix + operation.Path, Describe(operation));
        }

        return OpenApiParts.Write(
            "Agent Gateway: owners and entitlements",
            "For Tasker's and Launcher's backends, on the internal listener.",
            "NODEDC_AGENT_GATEWAY_INTERNAL_TOKEN.",
            paths);
    }

    private static JsonObject Describe(OwnerOperation operation)
    {
        var described = new JsonObject
        {
            ["operationId"] = IdOf(operation),
            ["summary"] = operation.Summary,
            ["parameters"] = Parameters(operation),
        };
        if (operation.Body is { } body)
        {
            described["requestBody"] = OpenApiParts.Body(Shapes.OfBody(body), required: !operation.BodyOptional);
        }

        var answer = operation.Answer is { } shape
            ? Shapes.Of(shape)
            : new JsonObject { ["type"] = operation.Streams ? "string" : "object" };
        described["responses"] = OpenApiParts.Responses(
            operation.Status, "Done.", answer, operation.Kind is OwnerRequestKind.Read ? ReadRefusals : WriteRefusals,
            operation.Streams ? "text/event-stream" : "application/json");
        return described;
    }

    private static string IdOf(OwnerOperation operation) => operation.Method.ToLowerInvariant() + string.Concat(
        operation.Path.Split('/', ':', '-', '.').Select(part => part.Trim('{', '}')).Where(part => part.Length > 0).Select(part => "_" + part));

    private static JsonArray Parameters(OwnerOperation operation)
    {
        var parameters = new JsonArray();
        foreach (var name in operation.Path.Split('/').Where(part => part.StartsWith('{')).Select(part => part.Trim('{', '}')))
        {
            parameters.Add(OpenApiParts.Parameter(name, "path", MeaningOf(name), required: true));
        }

        foreach (var (name, meaning) in operation.Query)
        {
            parameters.Add(OpenApiParts.Parameter(name, "query", meaning, required: false));
        }

        if (operation.Kind is OwnerRequestKind.Write)
        {
            parameters.Add(OpenApiParts.Parameter(OwnerRequest.ActorHeader, "header", "Id of the acting person.", required: true));
            parameters.Add(OpenApiParts.Parameter(
                OwnerRequest.KeyHeader, "header", "Under the same key the same write is done once.", required: false));
        }

        return parameters;
    }

    private static string MeaningOf(string name) => name switch
    {
        "owner" => "Id of the owner in Tasker.",
        "agent" => "Id of the agent, ag_….",
        "project" => "Key or id of the project.",
        "token" => "Id of the token, never the token.",
        "code" => "The user code of the pairing.",
        "client" => "Id of the Launcher's client.",
        "user" => "Id of the user.",
        _ => $"The {name}.",
    };
}
