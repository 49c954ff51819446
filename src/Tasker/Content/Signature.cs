using System.Text.Json.Nodes;
using AgentGateway.Tasker.Blocks;
using AgentGateway.Tasker.Operations;
using Dapper;

namespace AgentGateway.Tasker.Content;

/// <summary>Tells the database who writes descriptions in this transaction; it keeps that with every version.</summary>
internal static class Signature
{
    /// <summary>The UUIDs of all blocks of a description an agent wrote as a whole.</summary>
    public static IEnumerable<string> BlocksOf(BlockDocument document) =>
        document.FullIds.OfType<string>().Select(id => Guid.ParseExact(id, "N").ToString("D"));

    public static Task SignAsync(Change change, string reason, IEnumerable<string> blocks, byte[]? appendKey = null)
    {
        var caller = change.Visit.Caller;
        var writer = new JsonObject
        {
            ["actor"] = change.Bot.ToString("D"),
            ["agent"] = caller.AgentId,
            ["agent_name"] = caller.AgentName,
            ["owner"] = change.Visit.Owner.Id.ToString("D"),
            ["session"] = caller.Session,
            ["trace"] = caller.TraceId,
            ["reason"] = reason,
            ["append_key"] = appendKey is null ? null : Convert.ToHexStringLower(appendKey),
            ["blocks"] = new JsonArray([.. blocks.Select(block => (JsonNode)block)]),
        };
        return change.Visit.Connection.ExecuteAsync(new CommandDefinition(
            "SELECT set_config('tasker.writer', @writer, true)",
            new { writer = writer.ToJsonString() },
            cancellationToken: change.Visit.Cancel));
    }
}
