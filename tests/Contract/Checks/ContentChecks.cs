using System.Text.Json.Nodes;
using AgentGateway.Contract.Check;
using AgentGateway.Contract.Wire;

namespace AgentGateway.Contract.Checks;

/// <summary>Text is changed block by block, against the revision it was read at, all of a batch or nothing.</summary>
internal static class ContentChecks
{
    private const string Plan = "## Plan\n\nFirst words\n\n- [ ] one\n- [ ] two";

    public static readonly ContractCheck[] All =
    [
        new("content.read", "Content is read as blocks with ids, revs and types", ReadAsync),
        new("content.append", "Appending adds blocks at the end and moves content_rev", AppendAsync),
        new("content.check", "Ticking an item tells the progress and leaves the rest as it was", CheckAsync),
        new("content.replace", "Replacing at the right block_rev answers the previous text and the new rev", ReplaceAsync),
        new("content.block_rev", "A stale block_rev is 409 block_conflict with the block as it is now", StaleAsync),
        new("content.needs_rev", "Replacing without block_rev is refused", NeedsRevAsync),
        new("content.no_removal", "There is no operation that removes a block", NoRemovalAsync),
        new("content.atomic", "A batch with one bad operation changes nothing", AtomicAsync),
        new("content.expect_text", "Ticking another text than the expected one is 409 block_conflict", ExpectTextAsync),
        new("card.if_match", "A title needs If-Match (428) at the present rev (412 when stale)", IfMatchAsync),
    ];

    private static async Task ReadAsync(Rig rig)
    {
        var (_, _, blocks) = await CardAsync(rig);
        Expect.Same("heading paragraph check_item check_item", string.Join(' ', blocks.Select(block => $"{block["type"]}")), "types");
        Expect.That(blocks.Select(block => $"{block["id"]}").Distinct().Count() == blocks.Count, "Block ids are not unique.");
        Expect.That(blocks.All(block => $"{block["rev"]}".Length > 0), "A block has no rev.");
    }

    private static async Task AppendAsync(Rig rig)
    {
        var (agent, card, before) = await CardAsync(rig);
        var rev = (await agent.GetAsync($"/cards/{card}/content")).Is(200).Text("content_rev");
        var answer = (await agent.OpsAsync(card, new { op = "append", markdown = "At the end" })).Is(200);
        Expect.Same("At the end", answer.Text("added.0.text"), "added.0.text");
        Expect.That(answer.Text("content_rev") != rev, "content_rev did not move.");
        var after = (await agent.GetAsync($"/cards/{card}/content")).Is(200).Items("blocks");
        Expect.Same(Ids(before), Ids([.. after.Take(before.Count)]), "the blocks before it");
        Expect.Same("At the end", $"{after[^1]["text"]}", "the last block");
    }

    private static async Task CheckAsync(Rig rig)
    {
        var (agent, card, before) = await CardAsync(rig);
        var answer = (await agent.OpsAsync(card, new { op = "set_checked", block_id = $"{before[2]["id"]}", @checked = true })).Is(200);
        Expect.Same("1/2", $"{answer.Text("progress.checked")}/{answer.Text("progress.total")}", "progress");
        var after = (await agent.GetAsync($"/cards/{card}/content")).Is(200).Items("blocks");
        Expect.Same(Ids(before), Ids(after), "ids");
        Expect.Same("true false", $"{after[2]["checked"]} {after[3]["checked"]}", "checked");
    }

    private static async Task ReplaceAsync(Rig rig)
    {
        var (agent, card, before) = await CardAsync(rig);
        var answer = (await ReplaceAsync(agent, card, before[1], "Second words")).Is(200);
        Expect.Same("First words", answer.Text("previous.0.text"), "previous.0.text");
        Expect.Same("Second words", answer.Text("changed.0.text"), "changed.0.text");
        Expect.That(answer.Text("changed.0.rev") != $"{before[1]["rev"]}", "The block's rev did not move.");
    }

    private static async Task StaleAsync(Rig rig)
    {
        var (agent, card, before) = await CardAsync(rig);
        (await ReplaceAsync(agent, card, before[1], "Second words")).Is(200);
        var stale = (await ReplaceAsync(agent, card, before[1], "Third words")).Refuses(409, "block_conflict");
        Expect.Same("/ops/0/block_rev", stale.Text("errors.0.pointer"), "errors.0.pointer");
        var now = (await agent.GetAsync($"/cards/{card}/content")).Is(200).Items("blocks")[1];
        Expect.Same("Second words", $"{now["text"]}", "the text");
        Expect.Same($"{now["rev"]}", stale.Text("current_rev"), "current_rev");
    }

    private static async Task NeedsRevAsync(Rig rig)
    {
        var (agent, card, before) = await CardAsync(rig);
        (await agent.OpsAsync(card, new { op = "replace_text", block_id = $"{before[1]["id"]}", markdown = "x" })).Is(422);
        await SameAsync(agent, card, before);
    }

    private static async Task NoRemovalAsync(Rig rig)
    {
        var (agent, card, before) = await CardAsync(rig);
        var (id, rev) = ($"{before[1]["id"]}", $"{before[1]["rev"]}");
        foreach (var op in (string[])["remove", "delete", "remove_block", "replace_all", "set_html"])
        {
            (await agent.OpsAsync(card, new { op, block_id = id, block_rev = rev })).Is(400, 403, 422);
        }

        (await agent.OpsAsync(card, new { op = "replace_text", block_id = id, block_rev = rev, markdown = "" })).Is(400, 422);
        await SameAsync(agent, card, before);
    }

    private static async Task AtomicAsync(Rig rig)
    {
        var (agent, card, before) = await CardAsync(rig);
        (await agent.OpsAsync(
            card,
            new { op = "append", markdown = "must not be written" },
            new { op = "set_checked", block_id = "00000000-0000-0000-0000-000000000000", @checked = true })).Is(404, 422);
        await SameAsync(agent, card, before);
    }

    private static async Task ExpectTextAsync(Rig rig)
    {
        var (agent, card, before) = await CardAsync(rig);
        var op = new { op = "set_checked", block_id = $"{before[2]["id"]}", @checked = true, expect_text = "another item" };
        (await agent.OpsAsync(card, op)).Refuses(409, "block_conflict");
        await SameAsync(agent, card, before);
    }

    private static async Task IfMatchAsync(Rig rig)
    {
        var (agent, card, _) = await CardAsync(rig);
        var rev = (await agent.GetAsync($"/cards/{card}")).Is(200).Text("rev");
        (await agent.PatchAsync($"/cards/{card}", new { title = "Contract check, new" })).Refuses(428, "precondition_required");
        (await agent.With("If-Match", $"\"{rev}\"").PatchAsync($"/cards/{card}", new { title = "Contract check, new" })).Is(200);
        (await agent.With("If-Match", $"\"{rev}\"").PatchAsync($"/cards/{card}", new { title = "Contract check, newer" }))
            .Refuses(412, "revision_mismatch");
    }

    private static async Task<(AdapterClient Agent, string Card, IReadOnlyList<JsonNode> Blocks)> CardAsync(Rig rig)
    {
        var (agent, card) = (await rig.AgentAsync(), await rig.CardAsync(new { content_markdown = Plan }));
        var blocks = (await agent.GetAsync($"/cards/{card}/content")).Is(200).Items("blocks");
        return blocks.Count == 4 ? (agent, card, blocks) : throw new BrokenPromiseException($"Four blocks were written, {blocks.Count} read.");
    }

    private static Task<Answer> ReplaceAsync(AdapterClient agent, string card, JsonNode block, string markdown) =>
        agent.OpsAsync(card, new { op = "replace_text", block_id = $"{block["id"]}", block_rev = $"{block["rev"]}", markdown });

    private static async Task SameAsync(AdapterClient agent, string card, IReadOnlyList<JsonNode> before)
    {
        var after = (await agent.GetAsync($"/cards/{card}/content")).Is(200).Items("blocks");
        Expect.Same(new JsonArray([.. before.Select(block => block.DeepClone())]).ToJsonString(),
            new JsonArray([.. after.Select(block => block.DeepClone())]).ToJsonString(), "the blocks");
    }

    private static string Ids(IReadOnlyList<JsonNode> blocks) => string.Join(' ', blocks.Select(block => $"{block["id"]}"));
}
