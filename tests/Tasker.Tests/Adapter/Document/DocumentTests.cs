using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AgentGateway.Tasker.Tests.Adapter.Document;

/// <summary>The document says what is served, and what is served is what the document says.</summary>
public sealed partial class DocumentTests(TaskerFixture tasker) : IClassFixture<TaskerFixture>
{
    private readonly AdapterDocument _document = AdapterDocument.Load();

    public static TheoryData<string> Operations => [.. AdapterDocument.Load().Operations.Select(operation => operation.Id)];

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Every_documented_operation_answers_as_documented(string id)
    {
        var world = await tasker.NewWorldAsync();
        await FillAsync(world);
        var operation = _document.Operations.Single(one => one.Id == id);
        var (query, body) = Calls[id];
        var path = Hole().Replace(operation.Path, hole => hole.Groups[1].Value switch
        {
            "workspace" => world.Slug,
            "project" => world.Project.ToString(),
            "card" => "NDC-1",
            "key" => "used-key-1",
            "session" => "session-1",
            _ => throw new InvalidOperationException($"Unknown hole {hole.Value}."),
        });

        var answer = await world.Agent.SendAsync(
            new HttpMethod(operation.Method), path + In(world, query), body is null ? null : AgentClient.Raw(In(world, body)), AgentClient.NewKey());

        Assert.InRange(answer.Status, 200, 201);
        var schema = _document.Response(operation, answer.Status);
        Assert.NotNull(schema);
        Assert.Empty(new Conformance(_document).Complaints(answer.Json, schema));
    }

    [Fact]
    public void Every_operation_of_the_document_has_a_call_here_and_none_can_remove() =>
        Assert.Multiple(
            () => Assert.Equal(Calls.Keys.Order(StringComparer.Ordinal), _document.Operations.Select(one => one.Id).Order(StringComparer.Ordinal)),
            () => Assert.DoesNotContain(_document.Operations, one => one.Method == "DELETE"));

    [Theory]
    [MemberData(nameof(Operations))]
    public void Every_operation_has_examples_that_fit_and_its_body_is_the_one_that_is_sent_here(string id)
    {
        var operation = _document.Operations.Single(one => one.Id == id);
        var examples = _document.Examples(operation).ToList();

        Assert.Contains(examples, example => example.Of is "200" or "201");
        Assert.All(examples, example => Assert.Empty(new Conformance(_document).Complaints(example.Example, example.Schema)));
        var body = Calls[id].Body?.Replace("{project}", "0190d3a0-0000-7000-8000-00000000000a", StringComparison.Ordinal);
        var shown = examples.SingleOrDefault(example => example.Of == "body").Example;
        Assert.True(JsonNode.DeepEquals(body is null ? null : JsonNode.Parse(body), shown), shown?.ToJsonString());
    }

    [Theory]
    [InlineData("getCard", "/cards/NDC-99", 404)]
    [InlineData("getCard", "/cards/OPS-1", 403)]
    [InlineData("listCards", "/projects/{project}/cards?label=nope", 422)]
    public async Task Refusals_are_documented_problems(string id, string path, int status)
    {
        var world = await tasker.NewWorldAsync();
        var operation = _document.Operations.Single(one => one.Id == id);

        var answer = await world.Agent.GetAsync(In(world, path));

        Assert.Equal(status, answer.Status);
        Assert.Contains(answer.Text("code"), _document.ProblemCodes);
        Assert.Empty(new Conformance(_document).Complaints(answer.Json, _document.Response(operation, status, "application/problem+json")!));
    }

    private static string In(World world, string text) =>
        text.Replace("{project}", world.Project.ToString(), StringComparison.Ordinal);

    private static readonly Dictionary<string, (string Query, string? Body)> Calls = new()
    {
        ["health"] = ("", null),
        ["getMe"] = ("", null),
        ["resolveOperation"] = ("", null),
        ["listProjects"] = ("?q=core&limit=5", null),
        ["resolveProject"] = ("?q=NDC", null),
        ["listWorkspaceMembers"] = ("?project={project}&filter=assignable&q=a", null),
        ["getProjectContext"] = ("?include=states,labels,members,estimates,conventions", null),
        ["addExistingProjectMember"] = ("", """{"member":"outside","role":"member","reason":"Works on it"}"""),
        ["listCards"] = ("?view=all&state=Todo&sort=board&limit=1", null),
        ["createCard"] = ("", """{"title":"New","labels":["bug"],"assignees":["me"],"content_markdown":"# H"}"""),
        ["searchCards"] = ("", """{"query":"first","projects":["{project}"]}"""),
        ["getCard"] = ("?include=content,comments,activity,subcards", null),
        ["updateCard"] = ("", """{"priority":"high","due_date":"2026-08-08"}"""),
        ["moveCard"] = ("", """{"to_state":"In Progress","expected_state":"Todo","reason":"go"}"""),
        ["changeLabels"] = ("", """{"add":["backend"]}"""),
        ["changeAssignees"] = ("", """{"add":["boris"]}"""),
        ["listComments"] = ("?limit=1", null),
        ["addComment"] = ("", """{"body_markdown":"Hello","mention":["boris"]}"""),
        ["getContent"] = ("?limit=2", null),
        ["editContent"] = ("", """{"ops":[{"op":"append","markdown":"- [ ] more"}]}"""),
        ["addLink"] = ("", """{"url":"https://example.org/2","kind":"commit"}"""),
        ["listActivity"] = ("?limit=2", null),
        ["listChanges"] = ("?limit=1", null),
        ["putWorkSession"] = ("", """{"status":"working","goal":"Do it","plan":[{"text":"one"}],"links":[{"url":"https://example.org/3"}]}"""),
        ["listWorkSessions"] = ("?limit=1", null),
    };

    private static async Task FillAsync(World world)
    {
        await world.PersonAsync("outside", "Out Side", 15, project: null);
        const string Content = "# One\n\ntext\n\n- [x] done\n\n```sh\nls\n```";
        await world.CardAsync("first", new { content_markdown = Content, labels = new[] { "bug" }, assignees = new[] { "me" } });
        await world.CardAsync("child", new { parent = "NDC-1" });
        await world.Agent.PatchAsync("/cards/NDC-1", new { parent = (string?)null, estimate = "3" });
        await world.Agent.PostAsync("/cards/NDC-1/links", new { url = "https://example.org/1" });
        await world.Agent.PostAsync("/cards/NDC-1/comments", new { body_markdown = "one" }, "used-key-1");
        await world.Agent.PostAsync("/cards/NDC-1/comments", new { body_markdown = "two" });
        await world.Agent.PutAsync("/cards/NDC-2/work-sessions/session-2", new { status = "working", goal = "Go on" });
        await world.Agent.PutAsync("/cards/NDC-1/work-sessions/session-3", new { status = "testing", goal = "Try it" });
    }

    [GeneratedRegex("\\{([a-z]+)\\}")]
    private static partial Regex Hole();
}
