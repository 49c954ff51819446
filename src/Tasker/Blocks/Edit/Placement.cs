using AgentGateway.Tasker.Blocks.Tree;
using AngleSharp.Dom;

namespace AgentGateway.Tasker.Blocks.Edit;

/// <summary>Puts new blocks into the tree, joining lists of one kind, without touching the blocks around them.</summary>
internal sealed class Placement(CardDom dom)
{
    public List<IElement> AtEnd(IReadOnlyList<IElement> nodes) => Place(nodes, dom.Body.LastElementChild, null);

    public List<IElement> AtSectionEnd(IElement heading, IReadOnlyList<IElement> nodes)
    {
        var last = heading;
        while (last.NextElementSibling is { } next && !(Level(next) <= Level(heading)))
        {
            last = next;
        }

        return Place(nodes, last, last.NextElementSibling);
    }

    public List<IElement> After(BlockNode target, IReadOnlyList<IElement> nodes)
    {
        var element = target.Element;
        if (!target.IsItem)
        {
            return Place(nodes, element, element.NextElementSibling);
        }

        var list = element.ParentElement!;
        if (nodes.All(node => SameKind(list, node)))
        {
            var items = nodes.SelectMany(node => node.Children).ToList();
            var blocks = Blocks(nodes);
            element.After([.. items]);
            return blocks;
        }

        var top = element;
        while (top.ParentElement!.ParentElement != dom.Body)
        {
            top = top.ParentElement;
        }

        var head = top.ParentElement;
        var tail = Split(head, top);
        var blocksAdded = Place(nodes, head, tail ?? head.NextElementSibling);
        if (tail is not null && head.NextElementSibling == tail)
        {
            // Only items of the same kind went between, so there is no reason to leave the list divided.
            head.Append([.. tail.Children]);
            tail.Remove();
        }

        return blocksAdded;
    }

    private static int? Level(IElement element) =>
        element.LocalName is ['h', >= '1' and <= '6'] ? element.LocalName[1] - '0' : null;

    // A paragraph after an item stands after it, so the rest of the list becomes a list of its own.
    private static IElement? Split(IElement list, IElement item)
    {
        var rest = list.Children.SkipWhile(child => child != item).Skip(1).ToList();
        if (rest.Count == 0)
        {
            return null;
        }

        var tail = (IElement)list.Clone(false);
        tail.RemoveAttribute(BlockIds.Attribute);
        if (list.LocalName == "ol")
        {
            var start = int.TryParse(list.GetAttribute("start"), out var number) ? number : 1;
            var before = list.Children.Count(child => child.LocalName == "li") - rest.Count(child => child.LocalName == "li");
            tail.SetAttribute("start", (start + before).ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        tail.Append([.. rest]);
        list.After(tail);
        return tail;
    }

    private List<IElement> Place(IReadOnlyList<IElement> nodes, IElement? before, IElement? after)
    {
        var blocks = Blocks(nodes);
        foreach (var node in nodes)
        {
            dom.Body.InsertBefore(node, after);
        }

        var last = nodes[^1];
        if (before is not null && SameKind(before, nodes[0]))
        {
            before.Append([.. nodes[0].Children]);
            nodes[0].Remove();
            last = nodes.Count == 1 ? before : last;
        }

        if (after is not null && last != before && SameKind(last, after))
        {
            after.Prepend([.. last.Children]);
            last.Remove();
        }

        return blocks;
    }

    private static bool SameKind(IElement left, IElement right) => BlockWalk.IsList(left)
        && left.LocalName == right.LocalName
        && left.GetAttribute("data-type") == right.GetAttribute("data-type");

    private static List<IElement> Blocks(IEnumerable<IElement> nodes) =>
        [.. nodes.SelectMany(BlockWalk.Walk).Select(block => block.Element)];
}
