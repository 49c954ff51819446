using AgentGateway.Policy.Arguments;

namespace AgentGateway.Policy.Tests.Arguments;

/// <summary>The closed subset: what it refuses, in words a model can act on, and what it refuses to compile.</summary>
public sealed class ArgumentSchemaTests
{
    private const string Contract = """
        {"type":"object","additionalProperties":false,"required":["title"],"properties":{
          "title":{"type":"string","minLength":1,"maxLength":4},
          "priority":{"type":"string","enum":["urgent","high","none"]},
          "limit":{"type":"integer","minimum":1,"maximum":50},
          "labels":{"type":"array","maxItems":2,"items":{"type":"string","maxLength":3}},
          "items":{"type":"array","minItems":1,"items":{"type":"object","additionalProperties":false,"required":["id"],
            "properties":{"id":{"type":"string"},"on":{"type":"boolean"}}}}}}
        """;

    [Theory]
    [InlineData("""{}""", "title", "is required")]
    [InlineData("""{"title":7}""", "title", "must be text")]
    [InlineData("""{"title":null}""", "title", "leave it out instead of null")]
    [InlineData("""{"title":""}""", "title", "at least 1 character")]
    [InlineData("""{"title":"abcde"}""", "title", "at most 4")]
    [InlineData("""{"title":"a","priority":"hihg"}""", "priority", "one of: urgent, high, none")]
    [InlineData("""{"title":"a","limit":51}""", "limit", "from 1 to 50")]
    [InlineData("""{"title":"a","limit":1.5}""", "limit", "whole number")]
    [InlineData("""{"title":"a","limit":"5"}""", "limit", "whole number")]
    [InlineData("""{"title":"a","labels":["a","b","c"]}""", "labels", "0 to 2 entries")]
    [InlineData("""{"title":"a","labels":["a","long"]}""", "labels[1]", "at most 3")]
    [InlineData("""{"title":"a","items":[]}""", "items", "1 to 500 entries")]
    [InlineData("""{"title":"a","items":[{"on":"yes"}]}""", "items[0].id", "is required")]
    [InlineData("""{"title":"a","Title":"a"}""", "Title", "is not an argument")]
    [InlineData("""{"title":"a","archived_at":"2026-01-01"}""", "archived_at", "is not an argument")]
    [InlineData("""{"title":"a","__proto__":{}}""", "__proto__", "is not an argument")]
    public void A_violation_names_the_argument_and_the_fix(string arguments, string argument, string words)
    {
        var problem = Compile(Contract).Check(World.Json(arguments))[0];

        Assert.Equal(argument, problem.Argument);
        Assert.Contains(words, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"title":"a"}""")]
    [InlineData("""{"title":"👩‍🚀é"}""")]
    [InlineData("""{"title":"a","limit":50,"labels":[],"items":[{"id":"x","on":true}]}""")]
    public void Arguments_that_hold_have_no_problem(string arguments) =>
        Assert.Empty(Compile(Contract).Check(World.Json(arguments)));

    [Fact]
    public void A_mistyped_word_comes_back_with_the_nearest_first() =>
        Assert.Equal("high", Compile(Contract).Check(World.Json("""{"title":"a","priority":"hihg"}"""))[0].Candidates[0]);

    [Theory]
    [InlineData("""{"type":"object"}""")]
    [InlineData("""{"type":"object","additionalProperties":true}""")]
    [InlineData("""{"type":"object","additionalProperties":false,"properties":{"a":{"type":"string","pattern":"x"}}}""")]
    [InlineData("""{"type":"object","additionalProperties":false,"properties":{"a":{"type":["string","null"]}}}""")]
    [InlineData("""{"type":"object","additionalProperties":false,"properties":{"a":{"anyOf":[]}}}""")]
    [InlineData("""{"type":"object","additionalProperties":false,"properties":{"a":{"type":"array"}}}""")]
    [InlineData("""{"type":"object","additionalProperties":false,"required":["b"]}""")]
    [InlineData("""{"type":"string"}""")]
    [InlineData("""[]""")]
    public void A_contract_that_promises_more_than_is_enforced_does_not_compile(string schema)
    {
        var faults = new List<string>();

        Assert.Null(ArgumentSchema.Compile(World.Json(schema), faults));
        Assert.NotEmpty(faults);
    }

    [Fact]
    public void Canonical_json_is_the_same_for_any_order_and_spelling()
    {
        var left = CanonicalJson.Write(World.Json("""{"b":[1,true,null],"a":"\u00e9\n\"","idempotency_key":"one"}"""), "idempotency_key");
        var right = CanonicalJson.Write(World.Json("""{ "a" : "é\u000a\u0022", "b":[ 1 , true , null ] }"""), "idempotency_key");

        Assert.Equal(left, right);
        Assert.Equal("""{"a":"é\n\"","b":[1,true,null]}"""u8.ToArray(), left);
    }

    private static ArgumentSchema Compile(string schema) => ArgumentSchema.Compile(World.Json(schema), [])!;
}
