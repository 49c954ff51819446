using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentGateway.Bench.Load;
using AgentGateway.Bench.Report;
using AgentGateway.Bench.Rig;

namespace AgentGateway.Bench.Measure;

/// <summary>How much of an agent's context the list of tools takes, for an agent that may call all of them.</summary>
internal static class ToolListing
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static async Task<ToolListingRow> MeasureAsync(GatewayRig rig, int port, CancellationToken cancel)
    {
        var call = Calls.ListTools(port, await rig.CreateAgentAsync("bench-full", "maintainer", cancel));
        using var connection = await LoadConnection.OpenAsync(port, cancel);
        var (status, body) = await connection.ExchangeAsync(call.Next(), cancel);
        if (status != 200 || JsonNode.Parse(body.Span)?["result"]?["tools"] is not JsonArray tools)
        {
            throw new LoadException($"tools/list: status {status}.");
        }

        var whole = Bytes(tools);
        foreach (var tool in tools)
        {
            tool?.AsObject().Remove("outputSchema");
        }

        return new ToolListingRow(tools.Count, Bytes(tools), whole);
    }

    private static int Bytes(JsonArray tools) => JsonSerializer.SerializeToUtf8Bytes(tools, Json).Length;
}
