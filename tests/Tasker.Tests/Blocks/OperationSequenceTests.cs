using System.Text.RegularExpressions;
using AgentGateway.Tasker.Blocks;
using AngleSharp.Dom;
using CsCheck;

namespace AgentGateway.Tasker.Tests.Blocks;

public sealed partial class OperationSequenceTests
{
    private const int Sequences = 1_200;
    private const string Seed = "0N0XIzNsQ0O2";

    private static readonly string[] Pieces = [.. Directory
        .GetFiles(Path.Combine(AppContext.BaseDirectory, "Blocks", "golden", "stored"), "*.html")
        .Order(StringComparer.Ordinal)
        .Select(File.ReadAllText)];

    private static readonly string[] Texts =
    [
        "Plain words", "**bold** and `code`", "- one\n- two\n  - deeper", "- [ ] task\n- [x] done", "1. first\n2. second",
        "## Section\n\nText", "> quote", "```js\nlet a = 1;\n```", "| a | b |\n|---|---|\n| 1 | 2 |", "---", "Привет 👩‍🚀 <b>",
        "para\n\n- item\n\npara", "@[Anna](user:anna) hi",
    ];

    private static readonly Gen<string> Html =
        Gen.Int[0, Pieces.Length - 1].Array[1, 6].Select(picks => string.Concat(picks.Select(pick => Pieces[pick])));

    // What is done, to which block, with which text, and whether the whole operation is right for its target.
    private static readonly Gen<(int Kind, int Target, int Text, bool Flag)[]> Steps =
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 60], Gen.Int[0, Texts.Length - 1], Gen.Bool).Array[1, 12];

    [Fact]
    public void In_over_a_thousand_random_sequences_no_block_changes_that_was_not_named()
    {
        var applied = 0;
        var refused = 0;

        Gen.Select(Html, Steps).Sample(
            (html, steps) =>
            {
                foreach (var (kind, target, text, flag) in steps)
                {
                    var before = BlockDocument.Parse(html);
                    switch (BlockEditor.Apply(html, [Op(before, kind, target, text, flag)], new EditContext()))
                    {
                        case EditResult result:
                            applied++;
                            AssertOthersAreIdentical(before, result);
                            html = result.Html;
                            break;
                        case BlockProblem problem:
                            refused++;
                            Assert.StartsWith("/ops/0", problem.Pointer, StringComparison.Ordinal);
                            break;
                    }
                }

                return true;
            },
            iter: Sequences, seed: Seed, threads: 1);

        Assert.True(applied > Sequences, $"only {applied} operations were applied");
        Assert.True(refused > 100, $"only {refused} operations were refused");
    }

    private static BlockOp Op(BlockDocument document, int kind, int target, int text, bool flag)
    {
        var block = document.Blocks[target % document.Blocks.Count];
        return kind switch
        {
            0 => new BlockOp { Op = BlockOps.Append, Markdown = Texts[text] },
            1 => new BlockOp { Op = BlockOps.Append, Markdown = Texts[text], Section = flag ? "One" : "New section" },
            2 => new BlockOp { Op = BlockOps.InsertAfter, BlockId = block.Id, Markdown = Texts[text] },
            3 => Edits.Replace(block, Texts[text], flag),
            _ => new BlockOp { Op = BlockOps.SetChecked, BlockId = block.Id, Checked = flag },
        };
    }

    private static void AssertOthersAreIdentical(BlockDocument before, EditResult result)
    {
        var after = BlockDocument.Parse(result.Html);
        var added = result.Added.Select(block => block.Id).ToHashSet();
        var changed = result.Changed.Select(block => block.Id).ToHashSet();
        var others = after.Blocks.Index().Where(block => !added.Contains(block.Item.Id)).ToList();

        Assert.Equal(before.Blocks.Count, others.Count);
        Assert.DoesNotContain(after.Blocks, block => result.IsChanged && block.Id.StartsWith('t'));
        for (var i = 0; i < others.Count; i++)
        {
            if (changed.Contains(others[i].Item.Id))
            {
                Assert.Equal(before.Blocks[i].Type, others[i].Item.Type);
                continue;
            }

            Assert.Equal(before.Blocks[i].Rev, others[i].Item.Rev);
            Assert.Equal(OwnHtml(before, i), OwnHtml(after, others[i].Index));
        }
    }

    private static string OwnHtml(BlockDocument document, int index)
    {
        var own = (IElement)document.Nodes[index].Element.Clone(true);
        var lists = own.QuerySelectorAll(":scope > ul, :scope > ol, :scope > div > ul, :scope > div > ol");
        foreach (var nested in lists.Where(_ => document.Nodes[index].IsItem))
        {
            nested.Remove();
        }

        return BlockId().Replace(own.OuterHtml, "");
    }

    [GeneratedRegex(" data-id=\"[^\"]*\"")]
    private static partial Regex BlockId();
}
