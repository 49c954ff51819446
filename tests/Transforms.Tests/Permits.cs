using System.Collections.Frozen;
using System.Text.Json;
using AgentGateway.Policy;

namespace AgentGateway.Transforms.Tests;

/// <summary>Permits the only way there is: out of a rule book.</summary>
internal static class Permits
{
    public static readonly Guid Ndc = Guid.Parse("11111111-1111-4111-8111-111111111111");
    public static readonly Guid Foreign = Guid.Parse("99999999-9999-4999-8999-999999999999");

    public static Permit Of(string arguments, Addressing addressing = Addressing.Project, Effect effect = Effect.Write)
    {
        var rule = new ToolRule
        {
            Tool = "tool",
            Scope = "card:read",
            Effect = effect,
            Addressing = addressing,
            Local = false,
            CheckArguments = _ => [],
        };
        var authority = new Authority
        {
            Agent = new Agent
            {
                Id = "ag_1",
                Name = "Анна/laptop",
                OwnerId = "u 1",
                OwnerName = "Anna",
                Workspace = "nodedc",
                Mode = AgentMode.Full,
            },
            TokenId = Guid.Empty,
            TokenPrefix = "ndca1_abcdef",
            Version = 1,
            ValidUntil = DateTimeOffset.MaxValue,
            Grants =
            [
                new Grant { ProjectId = Ndc, Key = "NDC", Name = "Node", Scopes = new[] { "card:read", "card:move" }.ToFrozenSet() },
            ],
        };
        var call = new ToolCall { Tool = "tool", Arguments = Json(arguments) };
        return (Permit)new RuleBook([rule]).Decide(authority, call);
    }

    public static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
