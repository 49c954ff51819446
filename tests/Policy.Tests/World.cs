using System.Collections.Frozen;
using System.Text.Json;
using AgentGateway.Policy.Arguments;

namespace AgentGateway.Policy.Tests;

/// <summary>A small authority and rule book to decide on.</summary>
internal static class World
{
    public static readonly Guid Ndc = Guid.Parse("11111111-1111-4111-8111-111111111111");
    public static readonly Guid Ops = Guid.Parse("22222222-2222-4222-8222-222222222222");

    public static readonly RuleBook Rules = new(
    [
        Rule("whoami", null, Effect.Read, Addressing.None, """{"type":"object","properties":{},"additionalProperties":false}""", local: true),
        Rule("list_cards", "card:read", Effect.Read, Addressing.Project, Schema("project", "project", "parent"))
            with { SameProjectCards = ["parent"] },
        Rule("get_card", "card:read", Effect.Read, Addressing.Card, Schema("card", "card")),
        Rule("search_cards", "card:read", Effect.Read, Addressing.Granted, Schema("query", "query", "project")),
        Rule("create_card", "card:create", Effect.Write, Addressing.Project, Schema("project", "project", "parent", "idempotency_key", "mention"))
            with { SameProjectCards = ["parent"], AlsoNeeds = [new ConditionalScope("mention", "card:mention")] },
        Rule("move_card", "card:move", Effect.Write, Addressing.Card, Schema("card", "card", "idempotency_key")),
    ]);

    public static ToolRule Rule(string tool, string? scope, Effect effect, Addressing addressing, string schema, bool local = false) => new()
    {
        Tool = tool,
        Scope = scope,
        Effect = effect,
        Addressing = addressing,
        Local = local,
        CheckArguments = ArgumentSchema.Compile(Json(schema), [])!.Check,
    };

    public static Grant Grant(Guid id, string key, params string[] scopes) => new()
    {
        ProjectId = id,
        Key = key,
        Name = $"Project {key}",
        Scopes = scopes.ToFrozenSet(StringComparer.Ordinal),
        FormerKeys = [$"OLD{key}"],
    };

    public static Authority Authority(AgentMode mode, params Grant[] grants) => new()
    {
        Agent = new Agent { Id = "ag_1", Name = "laptop", OwnerId = "u1", OwnerName = "Anna", Workspace = "nodedc", Mode = mode },
        TokenId = Guid.CreateVersion7(),
        TokenPrefix = "ndca1_abcdef",
        Version = 1,
        ValidUntil = DateTimeOffset.MaxValue,
        Grants = grants,
    };

    public static ToolCall Call(string tool, string arguments = "{}", string? key = null) =>
        new() { Tool = tool, Arguments = Json(arguments), IdempotencyKey = key };

    public static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    private static string Schema(string required, params string[] names) =>
        $$"""{"type":"object","required":["{{required}}"],"additionalProperties":false,"properties":{"""
        + string.Join(',', names.Select(name => $$"""  "{{name}}":{"type":"string","maxLength":80}""")) + "}}";
}
