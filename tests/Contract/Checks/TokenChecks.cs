using AgentGateway.Contract.Check;
using AgentGateway.Contract.Wire;

namespace AgentGateway.Contract.Checks;

/// <summary>Who is let in, and that the token opens the adapter alone.</summary>
internal static class TokenChecks
{
    public static readonly ContractCheck[] All =
    [
        new("health.open", "GET /health answers 200 without a token and names a contract 1.x", HealthAsync),
        new("health.header", "Answers and refusals carry X-NodeDC-Contract, the one /health names", HeaderAsync),
        new("token.right", "The token is taken: GET /me names the agent and says whether agents are on", RightAsync),
        new("token.missing", "Without a token every call is 401 unauthenticated, and writes write nothing", MissingAsync),
        new("token.wrong", "A wrong, cut or longer token is 401 unauthenticated", WrongAsync),
        new("token.scheme", "The token counts as Bearer only", SchemeAsync),
        new("token.outside", "Outside the adapter's prefix the token opens nothing", OutsideAsync),
    ];

    // Plane's own API: with an API key, and as its pages use it.
    private static string[] Elsewhere(string workspace) =>
    [
        $"/api/v1/workspaces/{workspace}/projects/", $"/api/workspaces/{workspace}/projects/", "/api/users/me/", "/api/v1/users/me/",
        $"/api/internal/nodedc/agent/v2/workspaces/{workspace}/projects", $"{AdapterClient.Prefix}x/me",
    ];

    private static async Task HealthAsync(Rig rig)
    {
        var health = (await (rig.Nobody with { Token = null }).GetAsync("/health")).Is(200);
        Expect.That(health.Text("contract").StartsWith("1.", StringComparison.Ordinal), $"contract is {health.Text("contract")}.");
    }

    private static async Task HeaderAsync(Rig rig)
    {
        var health = await rig.Nobody.GetAsync("/health");
        var refused = await (rig.Nobody with { Token = null }).GetAsync("/me");
        foreach (var answer in (Answer[])[health, refused, await rig.Nobody.GetAsync("/me")])
        {
            Expect.Same(health.Text("contract"), answer.Headers.GetValueOrDefault("X-NodeDC-Contract", "(nothing)"), answer.Call);
        }
    }

    private static async Task RightAsync(Rig rig)
    {
        var me = (await rig.Nobody.GetAsync("/me")).Is(200);
        Expect.Same(rig.Nobody.AgentId, me.Text("agent.id"), "agent.id");
        Expect.Same("true", me.Text("agents_enabled"), "agents_enabled");
    }

    private static async Task MissingAsync(Rig rig)
    {
        var agent = await rig.AgentAsync();
        var card = await rig.CardAsync();
        await RefusedAsync(agent with { Token = null }, card);
        Expect.That(await agent.CommentsAsync(card) == 0, "The comment was written.");
    }

    private static async Task WrongAsync(Rig rig)
    {
        var agent = await rig.AgentAsync();
        var card = await rig.CardAsync();
        var right = rig.Options.Token;
        var other = (right[0] == 'a' ? 'b' : 'a') + right[1..];
        foreach (var token in (string[])[other, right[..^1], right + "x", right.ToUpperInvariant() + right.ToLowerInvariant()])
        {
            await RefusedAsync(agent with { Token = token }, card);
        }

        Expect.That(await agent.CommentsAsync(card) == 0, "The comment was written.");
    }

    private static async Task SchemeAsync(Rig rig)
    {
        var token = rig.Options.Token;
        foreach (var header in (string[])["X-API-Key", "X-Auth-Token", "Cookie"])
        {
            (await (rig.Nobody with { Token = null }).With(header, token).GetAsync("/me")).Refuses(401, "unauthenticated");
        }

        (await (rig.Nobody with { Token = null }).With("Authorization", $"Token {token}").GetAsync("/me")).Refuses(401, "unauthenticated");
        (await (rig.Nobody with { Token = null }).GetAsync($"/me?token={Uri.EscapeDataString("wrong")}")).Refuses(401, "unauthenticated");
    }

    private static async Task OutsideAsync(Rig rig)
    {
        foreach (var path in Elsewhere(rig.Options.Workspace).Concat(rig.Options.Outside))
        {
            foreach (var (header, value) in (IEnumerable<(string, string)>)
                [("Authorization", $"Bearer {rig.Options.Token}"), ("X-API-Key", rig.Options.Token)])
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
                request.Headers.TryAddWithoutValidation(header, value);
                using var answer = await rig.Nobody.Http.SendAsync(request);
                Expect.That((int)answer.StatusCode is >= 300 and < 500, $"{path} answered {(int)answer.StatusCode} to the token in {header}.");
            }
        }
    }

    private static async Task RefusedAsync(AdapterClient agent, string card)
    {
        (await agent.GetAsync("/me")).Refuses(401, "unauthenticated");
        (await agent.GetAsync($"/cards/{card}")).Refuses(401, "unauthenticated");
        (await agent.CommentAsync(card, "must not be written")).Refuses(401, "unauthenticated");
        (await agent.ResolveAsync(Rig.NewKey())).Refuses(401, "unauthenticated");
        // Whoever is not let in does not learn either what there is.
        (await agent.GetAsync("/no/such/thing")).Refuses(401, "unauthenticated");
    }
}
