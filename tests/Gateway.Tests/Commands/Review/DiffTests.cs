using System.Text.Json.Nodes;

namespace AgentGateway.Gateway.Tests.Commands.Review;

/// <summary>What <c>gateway diff</c> says of a change is what the change does: who gains, who loses, and nothing left out.</summary>
public sealed class DiffTests
{
    private const string Routes = "ReverseProxy/Routes";

    private static readonly Dictionary<string, string> NoSettings = [];

    public static TheoryData<string, string, string, string, string> Changes => new()
    {
        // file, pointer, new value ("" takes it away), direction, a word of the sentence
        { "manifest.json", $"{Routes}/create_card/Request/Body/state", "", "loss", "body member state is gone" },
        { "manifest.json", $"{Routes}/get_card/Policy/SameProject", "[\"include\"]", "loss", "same-project rule for include" },
        { "manifest.json", $"{Routes}/create_card/Policy/AlsoNeeds/labels", "", "gain", "further scope for labels is gone" },
        { "manifest.json", $"{Routes}/get_project_context/Response/Scoped", "[\".\"]", "gain", "check of the project of project is gone" },
        { "manifest.json", $"{Routes}/append_card_content/Request/Body/ops/0/op", "\"replace\"", "gain", "becomes \"replace\"" },
        { "contracts/create_card.json", "inputSchema/properties/title/maxLength", "4000", "gain", "argument title.maxLength" },
        { "contracts/create_card.json", "inputSchema/properties/title/maxLength", "40", "loss", "argument title.maxLength" },
        { "contracts/create_card.json", "inputSchema/properties/title/minLength", "90", "loss", "argument title.minLength" },
        { "contracts/create_card.json", "description", "\"Other words.\"", "words", "contract description" },
        { "contracts/create_card.json", "inputSchema/properties/title/description", "\"Other.\"", "words", "argument title.description" },
    };

    [Fact]
    public async Task A_manifest_has_no_difference_to_itself()
    {
        var same = await DiffAsync(ChangedManifest.Original, "--fail-on-gain");

        Assert.Equal(0, same.ExitCode);
        Assert.Contains("No agent gains or loses anything.", same.Output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Every_change_has_its_direction(string file, string pointer, string value, string direction, string words)
    {
        using var changed = ChangedManifest.With(file, json => Set(json, pointer, value));
        // What an argument goes into is gone with it.
        if (pointer.EndsWith("Body/state", StringComparison.Ordinal))
        {
            changed.Change("contracts/create_card.json", json => json["inputSchema"]!["properties"]!.AsObject().Remove("state"));
        }

        var diff = await DiffAsync(changed.Folder, "--json", "--fail-on-gain");

        Assert.True(diff.Output.Length > 0, diff.Errors);
        var found = JsonNode.Parse(diff.Output)!["changes"]!.AsArray().FirstOrDefault(change =>
            ((string)change!["sentence"]!).Contains(words, StringComparison.Ordinal));
        Assert.True(found is not null, diff.Output);
        Assert.Equal(direction, (string)found["direction"]!);
        Assert.Equal(direction == "gain" ? 1 : 0, diff.ExitCode);
    }

    [Fact]
    public async Task Another_scope_names_the_bundles_that_gain_and_that_lose()
    {
        using var easier = ChangedManifest.With("manifest.json", json => Set(json, $"{Routes}/create_card/Policy/Scope", "\"card:read\""));
        using var harder = ChangedManifest.With("manifest.json", json => Set(json, $"{Routes}/create_card/Policy/Scope", "\"card:close\""));

        Assert.Contains(
            "create_card: rule Scope was \"card:create\", becomes \"card:read\"  [observer, reporter]",
            (await DiffAsync(easier.Folder)).Output, StringComparison.Ordinal);
        Assert.Contains(
            "create_card: rule Scope was \"card:create\", becomes \"card:close\"  [contributor]",
            (await DiffAsync(harder.Folder)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_tool_and_a_vanished_one_are_one_line_each()
    {
        using var grown = ChangedManifest.Copy();
        grown.AddTool("add_note", "add_comment", "/api/internal/nodedc/agent/v1/cards/{card}/notes");

        var diff = await GatewayProgram.RunAsync(NoSettings, "diff", ChangedManifest.Original, grown.Folder, "--markdown");
        var back = await GatewayProgram.RunAsync(NoSettings, "diff", grown.Folder, ChangedManifest.Original);

        Assert.Contains("**add_note**: the tool is new: POST /api/internal", diff.Output, StringComparison.Ordinal);
        Assert.Contains("(1)", diff.Output, StringComparison.Ordinal);
        Assert.Contains("add_note: the tool is gone", back.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_manifest_that_does_not_hold_is_refused_with_its_faults()
    {
        using var wrong = ChangedManifest.With("manifest.json", json => json["Extra"] = 1);

        var diff = await DiffAsync(wrong.Folder);

        Assert.Equal(2, diff.ExitCode);
        Assert.Contains("Extra", diff.Errors, StringComparison.Ordinal);
    }

    private static Task<GatewayProgram> DiffAsync(string folder, params string[] options) =>
        GatewayProgram.RunAsync(NoSettings, ["diff", ChangedManifest.Original, folder, .. options]);

    private static void Set(JsonNode json, string pointer, string value)
    {
        var steps = pointer.Split('/');
        var at = steps[..^1].Aggregate(json, (node, step) => int.TryParse(step, out var index) ? node[index]! : node[step]!);
        if (value.Length == 0)
        {
            at.AsObject().Remove(steps[^1]);
        }
        else
        {
            at[steps[^1]] = JsonNode.Parse(value);
        }
    }
}
