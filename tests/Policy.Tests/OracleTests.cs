using AgentGateway.Policy.Sessions;
using CsCheck;

namespace AgentGateway.Policy.Tests;

/// <summary>The rule book against a second opinion written from the product's words, on random authorities and calls.</summary>
public sealed class OracleTests
{
    private static readonly string[] AllScopes = ["card:read", "card:create", "card:move", "card:mention", "project:read"];
    private static readonly string[] Projects = ["NDC", "OPS", "SEC", "QA"];

    private static readonly Gen<Grant> Grants = Gen.Select(
        Gen.OneOf(Projects.Select(Gen.Const).ToArray()), Gen.OneOf(AllScopes.Select(Gen.Const).ToArray()).Array[0, 5])
        .Select((key, scopes) => World.Grant(IdOf(key), key, scopes));

    private static readonly Gen<OpenSession> Sessions = Gen.Select(Gen.OneOf(Projects.Select(Gen.Const).ToArray()), Gen.Int[1, 3])
        .Select((key, number) => new OpenSession(Guid.CreateVersion7(), IdOf(key), number, $"{key}-{number}", "", DateTimeOffset.UnixEpoch));

    private static readonly Gen<Authority> Authorities = Gen.Select(Gen.Enum<AgentMode>(), Grants.Array[0, 4], Sessions.Array[0, 3])
        .Select((mode, grants, sessions) =>
            World.Authority(mode, [.. grants.DistinctBy(grant => grant.Key)]) with { Sessions = sessions });

    private static readonly Gen<(string Tool, string? Project, int Number, bool Mention)> Calls = Gen.Select(
        Gen.OneOf(new[] { "whoami", "list_cards", "get_card", "search_cards", "create_card", "move_card", "delete_card" }
            .Select(Gen.Const).ToArray()),
        Gen.OneOf(new string?[] { null, "NDC", "OPS", "SEC", "QA" }.Select(Gen.Const).ToArray()),
        Gen.Int[1, 3],
        Gen.Bool);

    [Fact]
    public void The_rule_book_agrees_with_the_oracle_on_random_worlds() =>
        Gen.Select(Authorities, Calls).Sample(
            (authority, call) => (World.Rules.Decide(authority, ToCall(call)) is Permit) == Oracle(authority, call),
            iter: 20_000, seed: "0000KqgVDsl3");

    [Fact]
    public void The_oracle_catches_a_rule_book_that_forgets_the_project() =>
        Assert.ThrowsAny<CsCheckException>(() => Gen.Select(Authorities, Calls).Sample(
            (authority, call) => Forgetful(authority, ToCall(call)) == Oracle(authority, call), iter: 20_000, seed: "0000KqgVDsl3"));

    [Fact]
    public void One_more_scope_never_takes_a_permit_away() =>
        Gen.Select(Authorities, Calls, Gen.OneOf(AllScopes.Select(Gen.Const).ToArray())).Sample((authority, call, scope) =>
        {
            var more = authority with
            {
                Grants = [.. authority.Grants.Select(grant => World.Grant(grant.ProjectId, grant.Key, [.. grant.Scopes, scope]))],
            };
            return World.Rules.Decide(authority, ToCall(call)) is not Permit || World.Rules.Decide(more, ToCall(call)) is Permit;
        }, iter: 20_000);

    // Says in plain words what the product promises; shares nothing with the code under test.
    private static bool Oracle(Authority authority, (string Tool, string? Project, int Number, bool Mention) call)
    {
        bool Has(string key, string scope) => authority.Grants.Any(grant => grant.Key == key && grant.Scopes.Contains(scope));
        var only = authority.Grants.Count == 1 ? authority.Grants[0].Key : null;
        var writes = authority.Agent.Mode != AgentMode.ReadOnly;
        // Who only reports changes nothing but the cards of its open sessions.
        var reports = authority.Agent.Mode == AgentMode.Reporting;
        var card = call.Project ?? "NDC";
        return call.Tool switch
        {
            "whoami" => true,
            "get_card" => Has(card, "card:read"),
            "move_card" => writes && Has(card, "card:move") && (!reports || authority.Sessions.Any(session =>
                session.ProjectId == IdOf(card) && session.Number == call.Number)),
            "list_cards" => (call.Project ?? only) is { } project && Has(project, "card:read"),
            "create_card" => writes && !reports && (call.Project ?? only) is { } project && Has(project, "card:create")
                && (!call.Mention || Has(project, "card:mention")),
            "search_cards" => call.Project is { } project
                ? Has(project, "card:read")
                : authority.Grants.Any(grant => grant.Scopes.Contains("card:read")),
            _ => false,
        };
    }

    private static bool Forgetful(Authority authority, ToolCall call) =>
        World.Rules.Rules.FirstOrDefault(rule => rule.Tool == call.Tool) is { } rule && RuleBook.IsCallable(authority, rule);

    private static ToolCall ToCall((string Tool, string? Project, int Number, bool Mention) call)
    {
        var members = new List<string>();
        if (call.Tool is "get_card" or "move_card")
        {
            members.Add($"\"card\":\"{call.Project ?? "NDC"}-{call.Number}\"");
        }
        else if (call.Project is not null && call.Tool != "whoami")
        {
            members.Add($"\"project\":\"{call.Project}\"");
        }

        if (call.Tool == "search_cards")
        {
            members.Add("\"query\":\"words\"");
        }

        if (call is { Tool: "create_card", Mention: true })
        {
            members.Add("\"mention\":\"anna\"");
        }

        return World.Call(call.Tool, "{" + string.Join(',', members) + "}");
    }

    private static Guid IdOf(string key) => new(key.PadRight(16, '_').Select(unit => (byte)unit).ToArray());
}
