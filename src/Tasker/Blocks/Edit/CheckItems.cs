using AgentGateway.Tasker.Blocks.Guard;
using AgentGateway.Tasker.Blocks.Runs;
using AgentGateway.Tasker.Blocks.Tree;
using AngleSharp.Dom;

namespace AgentGateway.Tasker.Blocks.Edit;

/// <summary>Ticks and unticks check items.</summary>
internal static class CheckItems
{
    private const int ExpectLimit = 200;

    /// <summary>True if the item still says what the caller believes; a text cut at the limit may be continued.</summary>
    public static bool Means(Block block, BlockText text, string expected)
    {
        var wanted = BlockLookup.Fold(TextRules.Strip(expected));
        string[] texts = [block.Text ?? "", text.ToPlainText(), text.ToMarkdown(EscapeMode.Full)];
        var cut = Limits.CodePoints(expected) >= ExpectLimit;
        return texts.Select(BlockLookup.Fold)
            .Any(actual => actual == wanted || (cut && actual.StartsWith(wanted, StringComparison.Ordinal)));
    }

    /// <summary>Sets the state in both places the editor keeps it; false if it was so already.</summary>
    public static bool Set(IElement item, bool wanted)
    {
        if ((item.GetAttribute("data-checked") == "true") == wanted)
        {
            return false;
        }

        item.SetAttribute("data-checked", wanted ? "true" : "false");
        var box = item.Children.FirstOrDefault(child => child.LocalName == "label")?.QuerySelector("input[type=checkbox]");
        if (wanted)
        {
            box?.SetAttribute("checked", "checked");
        }
        else
        {
            box?.RemoveAttribute("checked");
        }

        return true;
    }
}
