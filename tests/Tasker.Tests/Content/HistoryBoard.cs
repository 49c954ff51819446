using System.Net;
using System.Text.RegularExpressions;
using AgentGateway.Tasker.Tests.Adapter;

namespace AgentGateway.Tasker.Tests.Content;

/// <summary>The board as a person has it open: one project with a key no other test has, and the forms of its pages.</summary>
internal sealed partial class HistoryBoard(World world, string key)
{
    public World World => world;

    public string Address => $"/board/{key}";

    public static async Task<HistoryBoard> OpenAsync(TaskerFixture tasker)
    {
        var world = await tasker.NewWorldAsync();
        var key = "H" + Guid.CreateVersion7().ToString("N")[^10..].ToUpperInvariant();
        await world.ExecuteAsync("UPDATE projects SET identifier = @key WHERE id = @Project", new { key, world.Project });
        return new HistoryBoard(world, key);
    }

    public string Of(string card) => "/board/" + card.Replace('-', '/');

    public Task<string> PageAsync(string address) => world.Tasker.Http.GetStringAsync(address);

    public async Task<string> TokenAsync(string address) => TokenField().Match(await PageAsync(address)).Groups[1].Value;

    /// <summary>Sends a form as a browser does; every header can be another one.</summary>
    public async Task<HttpStatusCode> SendAsync(string address, string token, string? enabled = null, params (string Name, string Value)[] headers)
    {
        var fields = new Dictionary<string, string> { ["token"] = token };
        if (enabled is not null)
        {
            fields["enabled"] = enabled;
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new FormUrlEncodedContent(fields) };
        var own = world.Tasker.Http.BaseAddress!.GetLeftPart(UriPartial.Authority);
        foreach (var (name, value) in headers.Concat([("Origin", own), ("Sec-Fetch-Site", "same-origin")]).DistinctBy(header => header.Item1))
        {
            if (value.Length > 0)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using var answer = await world.Tasker.Http.SendAsync(request);
        return answer.StatusCode;
    }

    [GeneratedRegex("name=\"token\" value=\"([0-9a-f]{64})\"")]
    private static partial Regex TokenField();
}
