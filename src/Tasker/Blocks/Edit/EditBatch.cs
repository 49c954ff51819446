using AgentGateway.Tasker.Blocks.Guard;
using AgentGateway.Tasker.Blocks.Tree;
using AgentGateway.Tasker.Blocks.Write;
using AngleSharp.Dom;

namespace AgentGateway.Tasker.Blocks.Edit;

/// <summary>One batch on its way: each operation finds its block in the description as the caller read it.</summary>
internal sealed class EditBatch
{
    private readonly string _html;
    private readonly BlockDocument _before;
    private readonly EditContext _context;
    private readonly SortedSet<string> _notes = new(StringComparer.Ordinal);
    private readonly ContentSource _source;
    private readonly Placement _placement;
    private readonly TextReplacement _replacement;
    private readonly HashSet<IElement> _touched = [];
    private readonly List<(IElement Element, int Op)> _added = [];
    private readonly Dictionary<IElement, string> _previous = [];
    private IElement? _dropped;
    private bool _onlyAppends;
    private bool _changed;

    public EditBatch(string html, EditContext context)
    {
        _html = html;
        _context = context;
        _before = BlockDocument.Parse(html, context.MemberById);
        var weaver = new MentionWeaver(context, _notes);
        _source = new ContentSource(weaver, _notes);
        _placement = new Placement(_before.Dom);
        _replacement = new TextReplacement(_before.Dom, weaver, _notes);
    }

    public EditResult Apply(IReadOnlyList<BlockOp> ops)
    {
        EditCheck.Batch(_before, ops, _context.MarkdownLimit);
        _onlyAppends = ops.All(op => op.Op == BlockOps.Append);
        for (var i = 0; i < ops.Count; i++)
        {
            try
            {
                Apply(ops[i], i);
            }
            catch (ContentRefusedException refused)
            {
                throw new ContentRefusedException(refused.Problem with { Pointer = $"/ops/{i}{refused.Problem.Pointer}" });
            }
        }

        return Finish();
    }

    private void Apply(BlockOp op, int index)
    {
        switch (op.Op)
        {
            case BlockOps.Append:
                Append(op, index);
                break;
            case BlockOps.InsertAfter:
                var target = TargetLookup.Find(_before, op);
                Note(_placement.After(_before.Nodes[target], _source.Read(op)), index);
                break;
            case BlockOps.ReplaceText:
                Replace(op, TargetLookup.Find(_before, op));
                break;
            case BlockOps.SetChecked:
                SetChecked(op, TargetLookup.Find(_before, op));
                break;
            default:
                throw Refuse(BlockCodes.ValidationFailed,
                    "The operation must be append, insert_after, replace_text or set_checked.", "/op");
        }
    }

    private void Append(BlockOp op, int index)
    {
        var nodes = _source.Read(op);
        if (_before.Nodes is [{ Type: BlockTypes.Paragraph } only] && only.Element.TextContent.Length == 0
            && only.Element.QuerySelector(":not(br)") is null && _onlyAppends && !_changed)
        {
            // What a new card holds: an empty paragraph nobody wrote.
            _dropped = only.Element;
            only.Element.Remove();
        }

        if (string.IsNullOrWhiteSpace(op.Section))
        {
            Note(_placement.AtEnd(nodes), index);
            return;
        }

        var added = _added.Select(block => block.Element).ToList();
        var heading = TargetLookup.Heading(_before, added, op.Section, out var text);
        if (heading is null)
        {
            heading = _before.Dom.Document.CreateElement("h2");
            heading.ClassName = "editor-heading-block";
            heading.TextContent = text;
            Note(_placement.AtEnd([heading]), index);
        }

        Note(_placement.AtSectionEnd(heading, nodes), index);
    }

    private void Note(IEnumerable<IElement> added, int op)
    {
        _added.AddRange(added.Select(element => (element, op)));
        _changed = true;
    }

    private void Replace(BlockOp op, int index)
    {
        var block = _before.Blocks[index];
        var element = _before.Nodes[index].Element;
        if (string.IsNullOrWhiteSpace(op.BlockRev))
        {
            throw Refuse(BlockCodes.ValidationFailed, "replace_text needs the block_rev it was read with.", "/block_rev");
        }

        if (!string.Equals(op.BlockRev.Trim(), block.Rev, StringComparison.OrdinalIgnoreCase) || _previous.ContainsKey(element))
        {
            throw Conflict($"Block {block.Id} is no longer at the given rev.", "/block_rev", block);
        }

        _changed |= _replacement.Replace(_before.Nodes[index], _before.Texts[index], op);
        _previous[element] = _before.Texts[index].ToMarkdown(Runs.EscapeMode.Full);
        _touched.Add(element);
    }

    private void SetChecked(BlockOp op, int index)
    {
        var block = _before.Blocks[index];
        var element = _before.Nodes[index].Element;
        if (block.Type != BlockTypes.CheckItem)
        {
            throw Refuse(BlockCodes.BlockTypeMismatch, $"Block {block.Id} is a {block.Type}, not a check_item.", "/block_id");
        }

        if (op.Checked is not { } wanted)
        {
            throw Refuse(BlockCodes.ValidationFailed, "set_checked needs checked, true or false.", "/checked");
        }

        if (op.ExpectText is { } expected && !CheckItems.Means(block, _before.Texts[index], expected))
        {
            throw Conflict($"Block {block.Id} no longer has the expected text.", "/expect_text", block);
        }

        if (CheckItems.Set(element, wanted))
        {
            _touched.Add(element);
            _changed = true;
        }
    }

    private EditResult Finish()
    {
        if (_changed)
        {
            BlockIds.Materialise(_before.Dom.Body);
        }

        var html = _changed ? _before.Dom.ToHtml() : _html;
        var after = BlockDocument.Parse(html, _context.MemberById);
        var position = BlockWalk.Walk(_before.Dom).Index().ToDictionary(node => node.Item.Element, node => node.Index);
        EditCheck.Untouched(_before, after, position, _touched, _dropped);
        EditCheck.Sizes(_before, after, html, _html);
        EditCheck.NewText(
            after,
            [.. _added.Select(block => (position[block.Element], block.Op))],
            _previous.Keys.Select(element => position[element]));
        return new EditResult
        {
            Html = html,
            StrippedText = after.PlainText,
            IsChanged = _changed,
            Changed = [.. _touched.Select(element => position[element]).Order().Select(index => after.Blocks[index])],
            Added = [.. _added.Select(block => position[block.Element]).Order().Select(index => after.Blocks[index])],
            Written = [.. _added.Select(block => block.Element).Concat(_previous.Keys).Select(BlockIds.Of).OfType<string>().Distinct()],
            Previous = [.. _previous.Select(old => new PreviousText(after.Blocks[position[old.Key]].Id, old.Value))],
            Sanitized = [.. _notes],
            Progress = after.Progress,
        };
    }

    private static ContentRefusedException Conflict(string message, string pointer, Block current) => new(
        new BlockProblem { Code = BlockCodes.BlockConflict, Message = message, Pointer = pointer, Current = current });

    private static ContentRefusedException Refuse(string code, string message, string pointer) =>
        new(new BlockProblem { Code = code, Message = message, Pointer = pointer });
}
