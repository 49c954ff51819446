using System.Text.Json.Serialization;

namespace AgentGateway.Tasker.Blocks;

/// <summary>The names of the kinds of blocks.</summary>
public static class BlockTypes
{
    public const string Heading = "heading";
    public const string Paragraph = "paragraph";
    public const string CheckItem = "check_item";
    public const string BulletItem = "bullet_item";
    public const string NumberedItem = "numbered_item";
    public const string Quote = "quote";
    public const string Code = "code";
    public const string Table = "table";
    public const string Callout = "callout";
    public const string Divider = "divider";
    public const string Opaque = "opaque";

    public static IReadOnlyList<string> All { get; } =
        [Heading, Paragraph, CheckItem, BulletItem, NumberedItem, Quote, Code, Table, Callout, Divider, Opaque];
}

/// <summary>One block of a card as a caller sees it; absent members do not apply to its type.</summary>
public sealed record Block
{
    public required string Id { get; init; }

    public required string Rev { get; init; }

    public required string Type { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Text { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Level { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Checked { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Indent { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Lang { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Node { get; init; }

    /// <summary>True if the block carries formatting Markdown cannot express.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Rich { get; init; }
}

/// <summary>A member of the card's project as a mention shows them.</summary>
public sealed record CardMember(string Id, string Handle, string Name);
