namespace AgentGateway.Gateway.Tests.Accept;

/// <summary>Every case of the corpus, byte for byte, against a real Kestrel.</summary>
public sealed class CorpusTests(GatewayUnderTest gateway) : IClassFixture<GatewayUnderTest>
{
    public static TheoryData<string> Framing => CorpusCase.Names("framing");

    public static TheoryData<string> Headers => CorpusCase.Names("headers");

    public static TheoryData<string> Verbs => CorpusCase.Names("verbs");

    public static TheoryData<string> Json => CorpusCase.Names("json");

    public static TheoryData<string> Era => CorpusCase.Names("era");

    [Theory]
    [MemberData(nameof(Framing))]
    public Task Framing_that_two_readers_could_understand_differently_is_refused(string name) => CheckAsync("framing", name);

    [Theory]
    [MemberData(nameof(Headers))]
    public Task Headers_that_claim_what_is_not_theirs_are_refused(string name) => CheckAsync("headers", name);

    [Theory]
    [MemberData(nameof(Verbs))]
    public Task No_verb_but_the_named_one_passes(string name) => CheckAsync("verbs", name);

    [Theory]
    [MemberData(nameof(Json))]
    public Task Only_one_strict_message_passes_and_every_refusal_has_its_id(string name) => CheckAsync("json", name);

    [Theory]
    [MemberData(nameof(Era))]
    public Task Each_era_is_held_to_its_own_rules(string name) => CheckAsync("era", name);

    private async Task CheckAsync(string file, string name)
    {
        var item = CorpusCase.Load(file).Single(each => each.Name == name);
        gateway.Reached.Clear();

        var answers = await GatewayUnderTest.ExchangeAsync(gateway.Agent, item.Bytes());

        Assert.True(answers.Count is 1 or 2, $"{answers.Count} answers to one request and a probe.");
        var answer = answers[0];
        Assert.True(item.Status.Contains(answer.Status), $"Answered {answer.Status}: {answer.Text}");
        Assert.Equal(item.Reaches && answer.Status == 200 ? 1 : 0, gateway.Reached.Count);
        if (answers.Count == 2)
        {
            Assert.Equal((200, "healthy"), (answers[1].Status, answers[1].Text));
        }

        if (item.Id is not null)
        {
            Assert.Equal("application/json", answer.Headers["Content-Type"]);
            Assert.Equal(item.Id, answer.Id);
        }

        if (item.Code != 0)
        {
            Assert.Equal(item.Code, answer.Code);
        }
    }
}
