using System.Text;
using System.Text.Json;
using AgentGateway.Gateway.Tests.Flow;
using AgentGateway.Policy;
using AgentGateway.Support;

namespace AgentGateway.Gateway.Tests.Rest;

/// <summary>Requests as data, each wrong in one way: a stable code, a sentence, and nothing sent on.</summary>
public sealed class BadRestTests
{
    [Fact]
    public async Task Each_bad_request_gets_its_code_and_nothing_is_sent()
    {
        await using var world = await FlowWorld.StartAsync();
        var wrong = new List<string>();

        foreach (var item in Load())
        {
            var answer = await AskAsync(world, item);
            var code = answer.MediaType == "application/problem+json" ? answer.Code : answer.MediaType;
            if (answer.Status != item.Status || code != item.Code || answer.Body.Contains("   at ", StringComparison.Ordinal))
            {
                wrong.Add($"{item.Name}: {answer.Status} {code}");
            }
        }

        Assert.Empty(wrong);
        Assert.Empty(world.Tasker.LogEntries);
        Assert.Equal(0, await world.Ledger.ValueAsync<long>("SELECT count(*) FROM audit_events WHERE kind = 'admitted'"));
    }

    [Fact]
    public void The_corpus_is_not_empty_and_its_codes_exist() => Assert.All(Load().Append(Load()[50]), item =>
    {
        Assert.InRange(item.Status, 400, 499);
        Assert.Contains(item.Code, Reasons.ByCode.Keys);
    });

    [Fact]
    public async Task A_call_between_two_bad_ones_on_one_connection_is_answered()
    {
        await using var world = await FlowWorld.StartAsync();

        foreach (var item in Load().Where(item => item.Status is 400 or 422))
        {
            await AskAsync(world, item);
            Assert.Equal(200, (await world.CallToolAsync("whoami", "{}")).Status);
        }
    }

    private static Task<RestAnswer> AskAsync(FlowWorld world, BadRequest item)
    {
        var body = item.BodyHex is { } hex ? Convert.FromHexString(hex)
            : item.Body is { } text ? Encoding.UTF8.GetBytes(Repeat(item.Before, item.Repeat)
                + text.Replace("{{x}}", new string('x', item.Fill), StringComparison.Ordinal) + Repeat(item.After, item.Repeat))
            : null;
        (string, string)[] headers = item.Header is [var name, var value] ? [(name, value)] : [];
        return world.AskAsync(item.Method, item.Path, body, headers);
    }

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));

    private static BadRequest[] Load() => JsonSerializer.Deserialize<BadRequest[]>(
        File.ReadAllBytes(Repository.At("tests", "Corpus", "rest", "calls.json")), JsonSerializerOptions.Web)!;

    private sealed record BadRequest
    {
        public required string Name { get; init; }

        public string Method { get; init; } = "POST";

        public string Path { get; init; } = "/api/v1/tools/create_card";

        public string[]? Header { get; init; }

        public string? Body { get; init; }

        public string? BodyHex { get; init; }

        public int Fill { get; init; }

        public int Repeat { get; init; }

        public string Before { get; init; } = "";

        public string After { get; init; } = "";

        public required int Status { get; init; }

        public required string Code { get; init; }
    }
}
