using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;

namespace AgentGateway.Gateway.Rest.OpenApi;

/// <summary>JSON Schema of what is really read and written: taken from the serializer itself, so it cannot drift.</summary>
internal static class Shapes
{
    private static readonly JsonSchemaExporterOptions Bodies = new() { TreatNullObliviousAsNonNullable = true };

    private static readonly JsonSchemaExporterOptions Answers = new()
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = Close,
    };

    /// <summary>Of an answer: every member is always there, and no other.</summary>
    public static JsonNode Of(JsonTypeInfo shape) => JsonSchemaExporter.GetJsonSchemaAsNode(shape, Answers);

    public static JsonNode OfBody(JsonTypeInfo shape) => JsonSchemaExporter.GetJsonSchemaAsNode(shape, Bodies);

    private static JsonNode Close(JsonSchemaExporterContext context, JsonNode node)
    {
        if (context.TypeInfo.Kind is JsonTypeInfoKind.Object && node is JsonObject shape && shape["properties"] is JsonObject members)
        {
            shape["required"] = new JsonArray([.. members.Select(member => (JsonNode)member.Key)]);
            shape["additionalProperties"] = false;
        }

        return node;
    }
}
