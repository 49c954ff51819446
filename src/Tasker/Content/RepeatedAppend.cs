using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using AgentGateway.Tasker.Blocks;
using AgentGateway.Tasker.Operations;
using Dapper;

namespace AgentGateway.Tasker.Content;

/// <summary>Knows text an agent appends again: the same words at the same place within ten minutes are the same text.</summary>
internal static class RepeatedAppend
{
    /// <summary>Null for a batch that does more than add: its other operations tell a repetition by themselves.</summary>
    public static byte[]? KeyOf(IReadOnlyList<BlockOp> ops)
    {
        if (ops.Any(op => op.Op is not (BlockOps.Append or BlockOps.InsertAfter)))
        {
            return null;
        }

        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartArray();
            foreach (var op in ops)
            {
                json.WriteStringValue(op.Op);
                json.WriteStringValue(op.BlockId);
                json.WriteStringValue(op.Section);
                json.WriteStringValue(op.Markdown);
                Write(json, op.Blocks ?? []);
            }

            json.WriteEndArray();
        }

        return SHA256.HashData(bytes.WrittenSpan);
    }

    /// <summary>The blocks the first request added, as the card has them now; null if it was none or none of them is left.</summary>
    public static async Task<IReadOnlyList<Block>?> FindAsync(Change change, byte[] key, Lazy<BlockDocument> document)
    {
        var blocks = await change.Visit.Connection.QueryFirstOrDefaultAsync<string[]>(new CommandDefinition(
            """
            SELECT agent_blocks FROM issue_description_versions
            WHERE issue_id = @Id AND agent_id = @AgentId AND append_key = @key
              AND created_at > clock_timestamp() - interval '10 minutes'
            ORDER BY content_rev DESC LIMIT 1
            """,
            new { change.Card.Id, change.Visit.Caller.AgentId, key },
            cancellationToken: change.Visit.Cancel)) ?? [];
        var present = blocks.Select(block => document.Value.IndexOf(block)).OfType<int>().Order().ToList();
        return present.Count > 0 ? present.ConvertAll(index => document.Value.Blocks[index]) : null;
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyList<NewBlock> blocks)
    {
        json.WriteStartArray();
        foreach (var block in blocks)
        {
            json.WriteStringValue(block.Type);
            json.WriteStringValue(block.Text);
            json.WriteNumberValue(block.Level ?? -1);
            json.WriteNumberValue(block.Checked switch { null => -1, true => 1, false => 0 });
            json.WriteNumberValue(block.Indent ?? -1);
            json.WriteStringValue(block.Lang);
        }

        json.WriteEndArray();
    }
}
