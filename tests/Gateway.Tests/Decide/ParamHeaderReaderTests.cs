using System.Text.Json;
using AgentGateway.Gateway.Decide.Loading;

namespace AgentGateway.Gateway.Tests.Decide;

public sealed class ParamHeaderReaderTests
{
    [Fact]
    public void Annotated_arguments_are_found_by_their_header()
    {
        var faults = new List<string>();

        var headers = ParamHeaderReader.Read(
            Schema("""{"project":{"type":"string","x-mcp-header":"Project"},"include":{"type":"array"}}"""), faults);

        Assert.Empty(faults);
        Assert.Equal("project", Assert.Single(headers).Value);
        Assert.True(headers.ContainsKey("PROJECT"));
    }

    [Theory]
    [InlineData("""{"a":{"x-mcp-header":7}}""")]
    [InlineData("""{"a":{"x-mcp-header":""}}""")]
    [InlineData("""{"a":{"x-mcp-header":"two words"}}""")]
    [InlineData("""{"a":{"x-mcp-header":"Injected\r\nHeader"}}""")]
    [InlineData("""{"a":{"x-mcp-header":"Same"},"b":{"x-mcp-header":"same"}}""")]
    public void A_name_no_header_can_have_is_a_fault(string properties)
    {
        var faults = new List<string>();

        ParamHeaderReader.Read(Schema(properties), faults);

        Assert.Single(faults);
    }

    private static JsonElement Schema(string properties)
    {
        using var document = JsonDocument.Parse($$"""{"properties":{{properties}}}""");
        return document.RootElement.Clone();
    }
}
