using AngleSharp.Dom;

namespace AgentGateway.Tasker.Blocks.Tree;

/// <summary>A block in the tree, in reading order.</summary>
internal sealed record BlockNode
{
    public required IElement Element { get; init; }

    public required string Type { get; init; }

    public int? Level { get; init; }

    public int Indent { get; init; }

    /// <summary>The number an item of a numbered list shows.</summary>
    public int Number { get; init; } = 1;

    public bool IsItem => Type is BlockTypes.CheckItem or BlockTypes.BulletItem or BlockTypes.NumberedItem;
}

/// <summary>Finds the blocks of a description in reading order.</summary>
internal static class BlockWalk
{
    public static List<BlockNode> Walk(CardDom dom)
    {
        var blocks = new List<BlockNode>();
        foreach (var element in dom.Body.Children)
        {
            Visit(element, 0, blocks);
        }

        return blocks;
    }

    public static List<BlockNode> Walk(IElement top)
    {
        var blocks = new List<BlockNode>();
        Visit(top, 0, blocks);
        return blocks;
    }

    public static bool IsList(INode? node) => node is IElement { LocalName: "ul" or "ol" };

    private static void Visit(IElement element, int indent, List<BlockNode> blocks)
    {
        if (IsList(element))
        {
            VisitList(element, indent, blocks);
            return;
        }

        var level = element.LocalName is ['h', >= '1' and <= '6'] ? element.LocalName[1] - '0' : (int?)null;
        blocks.Add(new BlockNode { Element = element, Type = TypeOf(element), Level = level });
    }

    private static string TypeOf(IElement element) => element.LocalName switch
    {
        "h1" or "h2" or "h3" or "h4" or "h5" or "h6" => BlockTypes.Heading,
        "p" => BlockTypes.Paragraph,
        "blockquote" => BlockTypes.Quote,
        "pre" => BlockTypes.Code,
        "table" => BlockTypes.Table,
        "hr" => BlockTypes.Divider,
        "div" when element.GetAttribute("data-block-type") == "callout-component" => BlockTypes.Callout,
        "div" when element.GetAttribute("data-type") == "horizontalRule" => BlockTypes.Divider,
        _ => BlockTypes.Opaque,
    };

    private static void VisitList(IElement list, int indent, List<BlockNode> blocks)
    {
        var number = int.TryParse(list.GetAttribute("start"), out var start) ? start : 1;
        foreach (var child in list.Children)
        {
            if (IsList(child))
            {
                VisitList(child, indent + 1, blocks);
                continue;
            }

            if (child.LocalName != "li")
            {
                continue;
            }

            blocks.Add(new BlockNode { Element = child, Type = ItemType(list, child), Indent = indent, Number = number++ });
            foreach (var nested in NestedLists(child))
            {
                VisitList(nested, indent + 1, blocks);
            }
        }
    }

    public static IEnumerable<IElement> NestedLists(IElement item)
    {
        var content = CardDom.ItemContent(item);
        var inner = content.Children.Where(IsList);
        return content == item ? inner : inner.Concat(item.Children.Where(IsList));
    }

    private static string ItemType(IElement list, IElement item) =>
        item.GetAttribute("data-type") == "taskItem" || list.GetAttribute("data-type") == "taskList" ? BlockTypes.CheckItem
        : list.LocalName == "ol" ? BlockTypes.NumberedItem
        : BlockTypes.BulletItem;
}
