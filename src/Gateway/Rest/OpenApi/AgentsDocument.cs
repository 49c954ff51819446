using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using AgentGateway.Gateway.Decide;
using AgentGateway.Gateway.Setup.Packet;
using AgentGateway.Gateway.Setup.Pairing;
using AgentGateway.Policy;

namespace AgentGateway.Gateway.Rest.OpenApi;

/// <summary>The agents' REST routes as OpenAPI, out of the manifest: one operation per tool, with the contract's own schemas.</summary>
internal static class AgentsDocument
{
    private static readonly int[] CallRefusals = [400, 401, 403, 404, 409, 413, 415, 422, 428, 429, 502, 503, 504];
    private static readonly int[] PairingRefusals = [400, 403, 413, 415, 422, 429, 503];
    private static readonly int[] ReadRefusals = [401, 403, 429, 503];

    public static byte[] Write(Manifest manifest)
    {
        var paths = new JsonObject();
        OpenApiParts.Add(paths, "GET", RestRoutes.Tools, Read(
            "list_tools", "The tools this agent may call now, with their schemas.", ToolsSchema()));
        OpenApiParts.Add(paths, "GET", RestRoutes.Session, Read(
            "agent_session", "Who the agent is here, what it may do, and how much at once.",
            Shapes.Of(SessionJson.Shared.AgentSessionAnswer)));
        OpenApiParts.Add(paths, "GET", SetupRoutes.Session, Read(
            "setup", "What connects this agent: commands and texts, never a token.", Shapes.Of(PacketJson.Default.SetupPacket)));
        OpenApiParts.Add(paths, "POST", PairingDoor.Start, Open(
            "start_pairing", "A device asks to be paired.", PairingBodyJson.Default.StartBody, PairingAnswerJson.Default.StartedAnswer));
        OpenApiParts.Add(paths, "POST", PairingDoor.Token, Open(
            "poll_pairing", "The device asks whether the owner has decided; the answer holds the token once.",
            PairingBodyJson.Default.PollBody, PairingAnswerJson.Default.RedeemedAnswer));
        var open = Read("openapi", "This document.", new JsonObject { ["type"] = "object" });
        open["security"] = new JsonArray();
        OpenApiParts.Add(paths, "GET", RestRoutes.OpenApi, open);
        foreach (var tool in manifest.Tools)
        {
            OpenApiParts.Add(paths, "POST", $"{RestRoutes.Tools}/{tool.Rule.Tool}", Call(tool));
        }

        return OpenApiParts.Write(
            "Agent Gateway: agents",
            $"The tools of the MCP endpoint as plain HTTP, decided, admitted and recorded by the same code. "
            + $"Contract {manifest.Contract}, manifest {manifest.Digest}.",
            "The agent's token, ndca1_….",
            paths);
    }

    private static JsonObject Read(string id, string summary, JsonNode schema) => new()
    {
        ["operationId"] = id,
        ["summary"] = summary,
        ["responses"] = OpenApiParts.Responses(200, "Done.", schema, ReadRefusals),
    };

    // A device that pairs has no token yet.
    private static JsonObject Open(string id, string summary, JsonTypeInfo body, JsonTypeInfo answer) => new()
    {
        ["operationId"] = id,
        ["summary"] = summary,
        ["security"] = new JsonArray(),
        ["requestBody"] = OpenApiParts.Body(Shapes.OfBody(body), required: true),
        ["responses"] = OpenApiParts.Responses(200, "Done.", Shapes.Of(answer), PairingRefusals),
    };

    private static JsonObject Call(ManifestTool tool)
    {
        var contract = tool.Contract.Json;
        var input = JsonNode.Parse(contract.GetProperty("inputSchema").GetRawText())!.AsObject();
        var operation = new JsonObject
        {
            ["operationId"] = tool.Rule.Tool,
            ["summary"] = contract.GetProperty("title").GetString(),
            ["description"] = tool.Contract.Description,
            ["x-scope"] = tool.Rule.Scope,
            ["x-effect"] = tool.Rule.Effect == Effect.Write ? "write" : "read",
        };
        if (tool.Rule.Effect == Effect.Write)
        {
            operation["parameters"] = new JsonArray(OpenApiParts.Parameter(
                "Idempotency-Key", "header",
                "Like the argument idempotency_key; when both are given they must be equal. The gateway makes one when there is none.",
                required: false,
                new JsonObject { ["type"] = "string", ["minLength"] = 8, ["maxLength"] = 80 }));
        }

        var needed = input["required"] is JsonArray { Count: > 0 };
        var output = JsonNode.Parse(contract.GetProperty("outputSchema").GetRawText())!;
        operation["requestBody"] = OpenApiParts.Body(input, needed);
        operation["responses"] = OpenApiParts.Responses(200, "The structured result.", output, CallRefusals);
        return operation;
    }

    private static JsonObject ToolsSchema() => new()
    {
        ["type"] = "object",
        ["required"] = new JsonArray("tools"),
        ["properties"] = new JsonObject
        {
            ["tools"] = new JsonObject
            {
                ["type"] = "array",
                ["items"] = new JsonObject
                {
                    ["type"] = "object",
                    ["required"] = new JsonArray("name", "title", "description", "scope", "effect", "inputSchema", "outputSchema"),
                    ["properties"] = new JsonObject
                    {
                        ["name"] = OpenApiParts.Text(),
                        ["title"] = OpenApiParts.Text(),
                        ["description"] = OpenApiParts.Text(),
                        ["scope"] = new JsonObject { ["type"] = new JsonArray("string", "null") },
                        ["effect"] = new JsonObject { ["type"] = "string", ["enum"] = new JsonArray("read", "write") },
                        ["inputSchema"] = new JsonObject { ["type"] = "object" },
                        ["outputSchema"] = new JsonObject { ["type"] = "object" },
                        ["annotations"] = new JsonObject { ["type"] = "object" },
                    },
                },
            },
        },
    };
}
