using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AgentGateway.Tasker.Seed;

namespace AgentGateway.Tasker.Tests.Board;

public sealed class RawApiTests(BoardTracker tracker) : IClassFixture<BoardTracker>
{
    private static string Issues => $"/api/v1/workspaces/nodedc/projects/{SeedIds.Of("NDC")}/issues/";

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("only-for-tests-0123456789abcdef-012X")]
    public async Task Without_the_key_nothing_is_told(string? key)
    {
        using var answer = await SendAsync(HttpMethod.Get, Issues, key);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.DoesNotContain("sequence_id", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_counts_need_the_key_too()
    {
        using var answer = await SendAsync(HttpMethod.Get, "/api/v1/hits", key: null);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Theory]
    [InlineData("GET", "/api/v1/workspaces/nodedc/projects/", true, HttpStatusCode.OK)]
    [InlineData("GET", "/api/v1/workspaces/nodedc/projects/", false, HttpStatusCode.Unauthorized)]
    [InlineData("GET", "/api/v1/workspaces/other/nothing", true, HttpStatusCode.NotFound)]
    [InlineData("PUT", "/api/v1/anything", false, HttpStatusCode.Unauthorized)]
    [InlineData("DELETE", "/api/v1/workspaces/nodedc/projects/", true, HttpStatusCode.NotFound)]
    public async Task Each_request_is_counted_once_whatever_becomes_of_it(
        string method, string path, bool key, HttpStatusCode status)
    {
        var before = await HitsAsync();

        using var answer = await SendAsync(new HttpMethod(method), path, key ? tracker.RawApiKey : null);

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(before + 1, await HitsAsync());
    }

    [Fact]
    public async Task Looking_at_the_board_is_no_hit()
    {
        var before = await HitsAsync();

        await tracker.Http.GetStringAsync("/board/NDC");

        Assert.Equal(before, await HitsAsync());
    }

    [Fact]
    public async Task A_patch_and_a_delete_have_real_effects()
    {
        var card = SeedIds.Of("NDC-18");
        var change = new { name = "Renamed", priority = "low" };
        using var patched = await SendAsync(HttpMethod.Patch, $"{Issues}{card}/", tracker.RawApiKey, change);
        using var deleted = await SendAsync(HttpMethod.Delete, $"{Issues}{card}/", tracker.RawApiKey);
        using var gone = await SendAsync(HttpMethod.Get, $"{Issues}{card}/", tracker.RawApiKey);

        Assert.Equal(HttpStatusCode.OK, patched.StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        var name = await tracker.AskAsync<string>("SELECT name FROM issues WHERE id = @card AND deleted_at IS NOT NULL", new { card });
        Assert.Equal("Renamed", name);
    }

    [Fact]
    public async Task A_card_and_a_comment_can_be_created()
    {
        using var created = await SendAsync(HttpMethod.Post, Issues, tracker.RawApiKey, new { name = "Made by a script" });
        var card = await created.Content.ReadFromJsonAsync<JsonElement>();
        var comments = $"{Issues}{card.GetProperty("id").GetGuid()}/comments/";
        var comment = new { comment_html = "<p>Hello</p>" };
        using var commented = await SendAsync(HttpMethod.Post, comments, tracker.RawApiKey, comment);
        using var listed = await SendAsync(HttpMethod.Get, comments, tracker.RawApiKey);

        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Equal(HttpStatusCode.Created, commented.StatusCode);
        Assert.Equal(1, (await listed.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("count").GetInt32());
    }

    [Theory]
    [InlineData("states", 6)]
    [InlineData("labels", 10)]
    [InlineData("members", 6)]
    public async Task A_project_s_vocabulary_is_listed(string part, int count)
    {
        using var answer = await SendAsync(
            HttpMethod.Get, $"/api/v1/workspaces/nodedc/projects/{SeedIds.Of("NDC")}/{part}/", tracker.RawApiKey);

        Assert.Equal(count, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("results").GetArrayLength());
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"priority":"soonish"}""")]
    [InlineData("""{"name":"a\u0000b"}""")]
    [InlineData("""{"state":"x"}""")]
    public async Task A_bad_body_is_refused_in_words(string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, $"{Issues}{SeedIds.Of("NDC-20")}/")
        {
            Content = new StringContent(body),
        };
        request.Headers.Add("X-API-Key", tracker.RawApiKey);

        using var answer = await tracker.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("error", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private async Task<long> HitsAsync()
    {
        using var answer = await SendAsync(HttpMethod.Get, "/api/v1/hits", tracker.RawApiKey);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("total").GetInt64();
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? key, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("X-API-Key", key);
        }

        return await tracker.Http.SendAsync(request);
    }
}
