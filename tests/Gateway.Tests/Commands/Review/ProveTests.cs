using System.Text.Json.Nodes;

namespace AgentGateway.Gateway.Tests.Commands.Review;

/// <summary>Each claim holds for the manifest we ship, and falls as soon as one route breaks it.</summary>
public sealed class ProveTests
{
    private const string Adapter = "/api/internal/nodedc/agent/v1/";

    private static readonly Dictionary<string, string> NoSettings = [];

    [Fact]
    public async Task Every_claim_holds_for_the_manifest_we_ship()
    {
        var proof = await ProveAsync(ChangedManifest.Original);

        Assert.Equal(0, proof.ExitCode);
        Assert.DoesNotContain("FAILS", proof.Output, StringComparison.Ordinal);
        Assert.Contains("holds  no-delete", proof.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no-project-creation", "open_space", "add_existing_project_member", Adapter + "projects/{project}/states")]
    [InlineData("no-runners", "fire_webhook", "add_comment", Adapter + "cards/{card}/comments")]
    [InlineData("no-uploads", "add_upload", "add_comment", Adapter + "cards/{card}/uploads")]
    [InlineData("no-invite", "ask_by_email", "add_existing_project_member", Adapter + "projects/{project}/members")]
    [InlineData("no-delete", "erase_comment", "add_comment", Adapter + "cards/{card}/comments")]
    public async Task A_tool_that_could_is_found(string claim, string tool, string like, string path)
    {
        using var wrong = ChangedManifest.Copy();
        wrong.AddTool(tool, like, path);

        var proof = await ProveAsync(wrong.Folder, claim);

        Assert.Equal(1, proof.ExitCode);
        Assert.Contains($"FAILS  {claim}", proof.Output, StringComparison.Ordinal);
        Assert.Contains(tool, proof.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_above_member_is_found()
    {
        using var wrong = ChangedManifest.With("contracts/add_existing_project_member.json", json =>
            json["inputSchema"]!["properties"]!["role"]!["enum"]!.AsArray().Add("admin"));

        var proof = await ProveAsync(wrong.Folder, "--json");

        Assert.Equal(1, proof.ExitCode);
        var fallen = Assert.Single(JsonNode.Parse(proof.Output)!["claims"]!.AsArray(), claim => !(bool)claim!["holds"]!);
        Assert.Equal("no-roles", (string)fallen!["claim"]!);
    }

    [Fact]
    public async Task An_unknown_claim_is_wrong_usage_and_lists_the_known_ones()
    {
        var wrong = await ProveAsync(ChangedManifest.Original, "no-fun");

        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("no-delete", wrong.Errors, StringComparison.Ordinal);
    }

    private static Task<GatewayProgram> ProveAsync(string folder, params string[] more) =>
        GatewayProgram.RunAsync(NoSettings, ["prove", .. more, "--config", folder]);
}
