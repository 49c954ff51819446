using AgentGateway.Tasker.Tests.Adapter;

namespace AgentGateway.Tasker.Tests.Sessions;

/// <summary>Reports are read strictly: one form for each member, and a refusal points at the one that has another.</summary>
public sealed class SessionBodyTests(TaskerFixture tasker) : IClassFixture<TaskerFixture>
{
    [Theory]
    [InlineData("""{"goal":"g"}""", "/status")]
    [InlineData("""{"status":"working"}""", "/goal")]
    [InlineData("""{"status":"stale","goal":"g"}""", "/status")]
    [InlineData("""{"status":"working","goal":""}""", "/goal")]
    [InlineData("""{"status":"working","goal":"g","plan":[{"done":true}]}""", "/plan/0/text")]
    [InlineData("""{"status":"working","goal":"g","plan":["x"]}""", "/plan")]
    [InlineData("""{"status":"working","goal":"g","check_items":[{"block_id":"b1"}]}""", "/check_items/0/checked")]
    [InlineData("""{"status":"working","goal":"g","links":[{"url":"javascript:alert(1)"}]}""", "/links/0/url")]
    [InlineData("""{"status":"working","goal":"g","links":[{"url":"https://a@b.example/"}]}""", "/links/0/url")]
    [InlineData("""{"status":"working","goal":"g","move_to":"Todo","move_to_started":true}""", "/move_to_started")]
    [InlineData("""{"status":"working","goal":"g","takeover":"yes"}""", "/takeover")]
    [InlineData("""{"status":"working","goal":"g","comment":"x"}""", "/comment")]
    public async Task A_report_that_does_not_hold_is_refused_and_pointed_at(string body, string pointer)
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a");

        var refused = await world.Agent.SendAsync(
            HttpMethod.Put, $"/cards/{card}/work-sessions/s-1", AgentClient.Raw(body), AgentClient.NewKey());

        Assert.Equal((422, pointer), (refused.Status, refused.Text("errors.0.pointer")));
        Assert.Equal(0, await world.CommentsAsync());
    }

    [Theory]
    [InlineData("ab")]
    [InlineData("a%20b")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123456789")]
    public async Task A_session_id_has_one_form(string id)
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a");

        (await world.Agent.ReportAsync(card, id)).IsProblem(422, "validation_failed");
    }

    [Theory]
    [InlineData("goal")]
    [InlineData("progress_markdown")]
    public async Task A_secret_never_gets_into_a_comment(string member)
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a");
        // Put together here, so that no file holds the form of a credential.
        var report = new Dictionary<string, string> { [member] = "ghp" + "_" + new string('k', 20) + "0123456789abcdef" };

        var refused = await world.Agent.ReportAsync(card, "s-1", report);

        Assert.Equal((422, "content_rejected", "/" + member), (refused.Status, refused.Text("code"), refused.Text("errors.0.pointer")));
        Assert.Equal(0, await world.CommentsAsync());
    }
}
