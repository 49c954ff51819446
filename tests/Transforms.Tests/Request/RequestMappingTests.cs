using System.Text;
using AgentGateway.Policy;
using AgentGateway.Transforms.Request;

namespace AgentGateway.Transforms.Tests.Request;

/// <summary>A filled request has what the manifest names and nothing else.</summary>
public sealed class RequestMappingTests
{
    private const string Prefix = "/api/internal/nodedc/agent/v1/";

    [Fact]
    public void A_body_has_only_the_members_of_the_template()
    {
        var request = Fill("POST", "projects/{project}/cards",
            """{"Body":{"title":"$title","content_markdown":"$content","parent":"$parent|card","source":"agent"}}""",
            """{"title":"Hallo — привет","archived_at":"2026","delete":true,"parent":"ndc-7"}""");

        Assert.Equal("""{"title":"Hallo — привет","parent":"NDC-7","source":"agent"}""", Text(request));
        Assert.Equal($"{Prefix}projects/{Permits.Ndc}/cards", request.Path);
    }

    [Fact]
    public void A_list_is_wrapped_into_operations()
    {
        var request = Fill("POST", "cards/{card}/content/ops",
            """{"Body":{"ops":{"$each":"items","$pick":["block_id","checked"],"$as":{"op":"set_checked"}}}}""",
            """{"card":"NDC-1","items":[{"block_id":"a","checked":true,"evil":1},{"block_id":"b","checked":false}]}""", Addressing.Card);

        Assert.Equal(
            """{"ops":[{"block_id":"a","checked":true,"op":"set_checked"},{"block_id":"b","checked":false,"op":"set_checked"}]}""", Text(request));
        Assert.Equal($"{Prefix}cards/NDC-1/content/ops", request.Path);
    }

    [Fact]
    public void A_query_escapes_repeats_and_leaves_out()
    {
        var request = Fill("GET", "projects/{project}/cards",
            """{"Query":{"state":"$states","view":"$view|default:open","include":"$include|csv","label":"$labels","q":"$q"}}""",
            """{"states":["In Review","a&b=c#"],"include":["x","y"],"q":""}""");

        Assert.Equal("?state=In%20Review&state=a%26b%3Dc%23&view=open&include=x%2Cy", request.Query);
        Assert.Null(request.Body);
    }

    [Fact]
    public void Cleared_fields_become_nulls_but_never_over_a_value()
    {
        var request = Fill("PATCH", "cards/{card}", """{"Body":{"parent":"$parent"},"Nulls":"clear"}""",
            """{"card":"NDC-1","parent":"NDC-2","clear":["parent","due_date"]}""", Addressing.Card);

        Assert.Equal("""{"parent":"NDC-2","due_date":null}""", Text(request));
    }

    [Theory]
    [InlineData("r43", "\"r43\"")]
    [InlineData("\"r43\"", "\"r43\"")]
    [InlineData("r4\\r\\nX-Evil: 1", "\"r4__X_Evil__1\"")]
    [InlineData("*", "\"_\"")]
    public void A_rev_becomes_a_tag_that_can_never_break_out_or_match_everything(string rev, string tag) =>
        Assert.Equal(tag, Fill("PATCH", "cards/{card}", """{"Headers":{"If-Match":"$rev|etag"},"Body":{}}""",
            $$"""{"card":"NDC-1","rev":"{{rev.Replace("\"", "\\\"", StringComparison.Ordinal)}}"}""", Addressing.Card).IfMatch);

    [Theory]
    [InlineData("DELETE", "cards/{card}", "{}")]
    [InlineData("OPTIONS", "cards/{card}", "{}")]
    [InlineData("GET", "cards/{anything}", "{}")]
    [InlineData("GET", "cards/{**rest}", "{}")]
    [InlineData("GET", "cards/../{card}", "{}")]
    [InlineData("GET", "cards//{card}", "{}")]
    [InlineData("GET", "cards/%2e", "{}")]
    [InlineData("GET", "cards/{card}", """{"Body":{}}""")]
    [InlineData("POST", "cards/{card}", """{"Headers":{"Authorization":"$token"}}""")]
    [InlineData("POST", "cards/{card}", """{"Body":{"a":"$permit.token"}}""")]
    [InlineData("POST", "cards/{card}", """{"Body":{"a":"$title|upper"}}""")]
    [InlineData("POST", "cards/{card}", """{"Body":{"a":{"$merge":"x"}}}""")]
    [InlineData("POST", "cards/{card}", """{"Body":"$everything"}""")]
    [InlineData("POST", "cards/{card}", """{"Extra":{}}""")]
    [InlineData("GET", "cards/{card}", """{"Query":{"a":"constant"}}""")]
    public void What_is_outside_the_grammar_is_a_fault(string method, string path, string request)
    {
        var faults = new List<string>();

        Assert.Null(RequestMappingReader.Read(method, Prefix + path, Permits.Json(request), faults));
        Assert.NotEmpty(faults);
    }

    [Fact]
    public void A_path_outside_the_adapter_is_a_fault()
    {
        var faults = new List<string>();

        Assert.Null(RequestMappingReader.Read("GET", "/api/v1/workspaces", Permits.Json("{}"), faults));
        Assert.NotEmpty(faults);
    }

    private static AdapterRequest Fill(string method, string path, string mapping, string arguments, Addressing addressing = Addressing.Project)
    {
        var faults = new List<string>();
        var compiled = RequestMappingReader.Read(method, Prefix + path, Permits.Json(mapping), faults);
        Assert.Empty(faults);
        return compiled!.Fill(Permits.Of(arguments, addressing));
    }

    private static string Text(AdapterRequest request) => Encoding.UTF8.GetString(request.Body!);
}
