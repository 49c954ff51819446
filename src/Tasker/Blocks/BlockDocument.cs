using AgentGateway.Tasker.Blocks.Runs;
using AgentGateway.Tasker.Blocks.Tree;

namespace AgentGateway.Tasker.Blocks;

/// <summary>A description as the ordered list of its blocks.</summary>
public sealed class BlockDocument
{
    private readonly List<BlockNode> _nodes;
    private readonly List<BlockText> _texts;

    private BlockDocument(CardDom dom, List<BlockNode> nodes, Func<string, CardMember?>? memberById)
    {
        Dom = dom;
        _nodes = nodes;
        _texts = nodes.ConvertAll(node => BlockText.Read(node, memberById));
        FullIds = BlockIds.Own(nodes);
        var ids = BlockIds.Short(FullIds);
        var blocks = new List<Block>(nodes.Count);
        for (var i = 0; i < nodes.Count; i++)
        {
            blocks.Add(Describe(i, nodes[i], _texts[i], ids[i]));
        }

        Blocks = blocks;
    }

    public IReadOnlyList<Block> Blocks { get; }

    /// <summary>True if the stored tree is deeper than any editor writes; it is shown as one opaque block.</summary>
    public bool TooDeep { get; private init; }

    internal CardDom Dom { get; }

    internal IReadOnlyList<BlockNode> Nodes => _nodes;

    internal IReadOnlyList<BlockText> Texts => _texts;

    internal IReadOnlyList<string?> FullIds { get; }

    /// <summary>The whole description as Markdown for reading.</summary>
    public string Markdown => ReadingMarkdown.Write(_nodes, _texts);

    public string PlainText => string.Join('\n', _texts.Select(text => text.ToPlainText()).Where(text => text.Length > 0));

    public (int Checked, int Total) Progress
    {
        get
        {
            var items = Blocks.Where(block => block.Type == BlockTypes.CheckItem).ToList();
            return (items.Count(item => item.Checked == true), items.Count);
        }
    }

    /// <summary>Reads stored HTML; the function names the members behind mentions, which otherwise show their id.</summary>
    public static BlockDocument Parse(string html, Func<string, CardMember?>? memberById = null)
    {
        var dom = CardDom.Parse(html);
        return dom.TooDeep
            ? new BlockDocument(CardDom.Parse("<too-deep></too-deep>"), memberById) { TooDeep = true }
            : new BlockDocument(dom, memberById);
    }

    private BlockDocument(CardDom dom, Func<string, CardMember?>? memberById)
        : this(dom, BlockWalk.Walk(dom), memberById)
    {
    }

    /// <summary>The blocks under the one heading with this text or id, without the heading; null if there is none.</summary>
    public IReadOnlyList<Block>? Section(string headingOrId)
    {
        var match = BlockLookup.Heading(this, headingOrId);
        return match.Index is { } index ? [.. Blocks.Skip(index + 1).Take(SectionEnd(index) - index - 1)] : null;
    }

    /// <summary>The place of the one block with this id or id prefix, or null.</summary>
    public int? IndexOf(string blockId) => BlockLookup.Find(this, blockId).Index;

    internal int SectionEnd(int heading)
    {
        var end = heading + 1;
        while (end < _nodes.Count && !(_nodes[end].Level <= _nodes[heading].Level))
        {
            end++;
        }

        return end;
    }

    private static Block Describe(int index, BlockNode node, BlockText text, string id)
    {
        var (rev, hash) = Revision.Of(node);
        var hasText = node.Type is not (BlockTypes.Divider or BlockTypes.Opaque);
        return new Block
        {
            Id = id.Length > 0 ? id : $"t{index + 1}-{hash[..4]}",
            Rev = rev,
            Type = node.Type,
            Text = hasText ? text.ToMarkdown(EscapeMode.Targeted) : null,
            Level = node.Level,
            Checked = node.Type == BlockTypes.CheckItem ? node.Element.GetAttribute("data-checked") == "true" : null,
            Indent = node.IsItem && node.Indent > 0 ? Math.Min(node.Indent, Guard.Limits.Indent) : null,
            Lang = node.Type == BlockTypes.Code ? ReadingMarkdown.Language(node.Element) : null,
            Node = node.Type == BlockTypes.Opaque ? node.Element.LocalName : null,
            Rich = text.Rich || text.Mentions > 0,
        };
    }
}
