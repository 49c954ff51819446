namespace AgentGateway.Gateway.Tests.Accept;

/// <summary>The control: without the front door the very same requests come through, so it is the door that stops them.</summary>
public sealed class OpenDoorTests : IAsyncLifetime
{
    private readonly GatewayUnderTest _open = new(guarded: false);

    public Task InitializeAsync() => _open.InitializeAsync();

    public Task DisposeAsync() => _open.DisposeAsync();

    [Theory]
    [InlineData("framing", "length and transfer coding")]
    [InlineData("framing", "transfer coding gzip, chunked")]
    [InlineData("framing", "transfer coding twice")]
    [InlineData("framing", "length plus")]
    [InlineData("framing", "version \"HTTP/1.0\"")]
    [InlineData("framing", "upgrade to cleartext HTTP/2")]
    [InlineData("framing", "expect continue")]
    [InlineData("headers", "underscore in Transfer_Encoding")]
    [InlineData("headers", "forwarding by a stranger: X-Forwarded-For")]
    [InlineData("headers", "host evil.example")]
    [InlineData("headers", "origin \"http://evil.example\"")]
    [InlineData("headers", "content type \"text/plain\"")]
    [InlineData("headers", "content encoding \"gzip\"")]
    [InlineData("verbs", "DELETE /mcp")]
    [InlineData("verbs", "post /mcp")]
    public async Task Without_the_door_the_request_comes_through(string file, string name)
    {
        var item = CorpusCase.Load(file).Single(each => each.Name == name);

        await GatewayUnderTest.ExchangeAsync(_open.Agent, item.Bytes());

        Assert.NotEmpty(_open.Reached);
    }

    [Theory]
    [InlineData("/%6dcp")]
    [InlineData("/x/../mcp")]
    [InlineData("http://localhost/mcp")]
    [InlineData("/MCP")]
    public async Task Without_the_door_other_targets_come_through(string target)
    {
        var item = new CorpusCase { Name = target, Line = $"POST {target} HTTP/1.1", Status = [404] };

        await GatewayUnderTest.ExchangeAsync(_open.Agent, item.Bytes());

        Assert.NotEmpty(_open.Reached);
    }

    [Fact]
    public async Task Without_the_door_a_good_part_of_the_corpus_comes_through()
    {
        string[] files = ["framing", "headers", "verbs"];
        var hostile = files.SelectMany(CorpusCase.Load).Where(item => !item.Reaches).ToList();

        foreach (var item in hostile)
        {
            await GatewayUnderTest.ExchangeAsync(_open.Agent, item.Bytes());
        }

        Assert.InRange(_open.Reached.Count, 60, hostile.Count);
    }
}
