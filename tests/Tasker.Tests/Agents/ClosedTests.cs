using System.Net;
using AgentGateway.Tasker.Tests.Board;

namespace AgentGateway.Tasker.Tests.Agents;

/// <summary>A Tasker that was told of no issuer: nobody can sign in.</summary>
public sealed class ClosedTests(BoardTracker tracker) : IClassFixture<BoardTracker>
{
    [Fact]
    public async Task Where_nobody_can_sign_in_the_board_is_open_and_the_pages_on_agents_are_closed()
    {
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = tracker.Http.BaseAddress };

        using var board = await http.GetAsync(new Uri("/board/NDC", UriKind.Relative));
        using var agents = await http.GetAsync(new Uri("/settings/agents", UriKind.Relative));
        using var launch = await http.PostAsync(
            new Uri("/launch", UriKind.Relative), new FormUrlEncodedContent([KeyValuePair.Create("token", "a.b.c")]));
        var signIn = await http.GetStringAsync(new Uri("/sign-in", UriKind.Relative));

        Assert.Equal(HttpStatusCode.OK, board.StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, agents.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, launch.StatusCode);
        Assert.Contains("TASKER_LAUNCH_PUBLIC_KEYS", signIn, StringComparison.Ordinal);
    }
}
