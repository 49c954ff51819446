using System.Text;
using AgentGateway.Policy;
using AgentGateway.Transforms.Request;
using AgentGateway.Transforms.Response;

namespace AgentGateway.Transforms.Tests.Response;

/// <summary>An answer is shown only when it is whole, of the contract, and of the call's projects.</summary>
public sealed class AnswerReaderTests
{
    private static readonly string Mine = $"\"project_id\":\"{Permits.Ndc}\"";
    private static readonly string Foreign = $"\"project_id\":\"{Permits.Foreign}\"";

    private static readonly ResponseMapping Mapping = ResponseMapping.Read(
        Permits.Json("""
            {"Scoped":[".","cards"],"Result":{"card":"$card","made":"$status.created","title":"$title|null","moved":"$changed|nonempty",
             "cards":{"$each":"cards","$pick":["key"],"$as":{"who":"$item.author.name"}}}}
            """),
        ["card"],
        [])!;

    private static readonly RequestMapping Request = RequestMappingReader.Read(
        "POST", "/api/internal/nodedc/agent/v1/cards/{card}/labels", Permits.Json("""{"Body":{"add":"$labels","to":{"x":"$state"}}}"""), [])!;

    [Fact]
    public void A_good_answer_is_mapped_and_ids_stay_behind()
    {
        var answer = Read(201, $$"""
            { {{Mine}},"card":"NDC-1","id":"secret-id","changed":["state"],
             "cards":[{ {{Mine}},"key":"NDC-2","author":{"name":"Анна"},"internal":1}]}
            """);

        Assert.Equal(AnswerKind.Done, answer.Kind);
        Assert.Equal(
            """{"card":"NDC-1","made":true,"title":null,"moved":true,"cards":[{"key":"NDC-2","who":"Анна"}]}""",
            Encoding.UTF8.GetString(answer.Result));
    }

    public static TheoryData<string> ForeignAnswers() =>
    [
        $"{{{Foreign},\"card\":\"NDC-1\"}}",
        """{"card":"NDC-1"}""",
        """{"project_id":null,"card":"NDC-1"}""",
        """{"project_id":["11111111-1111-4111-8111-111111111111"],"card":"NDC-1"}""",
        $"{{{Mine},\"card\":\"NDC-1\",\"cards\":[{{{Mine},\"key\":\"NDC-2\"}},{{{Foreign},\"key\":\"SEC-1\"}}]}}",
        $"{{{Mine},\"card\":\"NDC-1\",\"cards\":[{{\"key\":\"SEC-1\"}}]}}",
        $"{{{Mine},\"card\":\"NDC-1\",\"cards\":{{\"key\":\"SEC-1\"}}}}",
        $"{{{Mine},\"card\":\"NDC-1\",\"extra\":{{\"deep\":[{{\"deeper\":{{{Foreign}}}}}]}}}}",
        $"{{{Mine},{Foreign},\"card\":\"NDC-1\"}}",
        "[]", "null", "\"NDC-1\"", "{", "", "<html></html>",
    ];

    [Theory]
    [MemberData(nameof(ForeignAnswers))]
    public void An_answer_with_anything_of_another_project_or_no_project_is_withheld(string body)
    {
        var answer = Read(200, body);

        Assert.NotEqual(AnswerKind.Done, answer.Kind);
        Assert.Contains(answer.Reason!.Code, new[] { "upstream_invalid", "outcome_unknown" });
        Assert.DoesNotContain("SEC-1", Encoding.UTF8.GetString(answer.Result), StringComparison.Ordinal);
    }

    [Fact]
    public void A_result_without_a_promised_member_is_withheld() =>
        Assert.Equal("upstream_invalid", Read(200, $$"""{ {{Mine}},"title":"x"}""").Reason!.Code);

    [Fact]
    public void A_result_over_32_KB_is_refused_with_a_hint() =>
        Assert.Equal("response_too_large", Read(200, $$"""{ {{Mine}},"card":"NDC-1","title":"{{new string('x', 33_000)}}"}""").Reason!.Code);

    [Theory]
    [InlineData(200, "text/html", AnswerKind.Unknown, "outcome_unknown")]
    [InlineData(302, "application/json", AnswerKind.Unknown, "upstream_invalid")]
    [InlineData(500, "application/problem+json", AnswerKind.Unknown, "outcome_unknown")]
    [InlineData(503, "application/problem+json", AnswerKind.Unknown, "outcome_unknown")]
    [InlineData(404, "text/html", AnswerKind.Unknown, "upstream_invalid")]
    public void For_a_write_whatever_breaks_the_contract_is_unknown(int status, string type, AnswerKind kind, string code)
    {
        var answer = Read(status, "{}", type);

        Assert.Equal(kind, answer.Kind);
        Assert.Equal(code, answer.Reason!.Code);
    }

    [Fact]
    public void For_a_read_a_server_error_is_simply_not_done()
    {
        var answer = AnswerReader.Read(
            Permits.Of("""{"card":"NDC-1"}""", Addressing.Card, Effect.Read), Request, Mapping, Arrived(500, "{}", "text/plain"));

        Assert.Equal(AnswerKind.NotDone, answer.Kind);
        Assert.Equal("upstream_unavailable", answer.Reason!.Code);
    }

    [Fact]
    public void A_refusal_keeps_code_and_candidates_and_none_of_the_other_sides_words()
    {
        var answer = Read(422, """
            {"code":"unknown_label","detail":"Authorization: Bearer s3cret","hint":"http://evil","title":"s3cret","current_rev":"r12",
             "errors":[{"pointer":"/add/0","code":"unknown_label","message":"s3cret","value":"bugs","candidates":["bug","backend"]},
                       {"pointer":"/add/1","code":"unknown_label","message":"x","value":"s3cret","candidates":["a","b","c","d","e","f"]}]}
            """, "application/problem+json");

        var text = Encoding.UTF8.GetString(answer.Result);
        Assert.Equal(AnswerKind.Refused, answer.Kind);
        Assert.DoesNotContain("s3cret", text, StringComparison.Ordinal);
        Assert.DoesNotContain("evil", text, StringComparison.Ordinal);
        Assert.Contains("\"argument\":\"labels\"", text, StringComparison.Ordinal);
        Assert.Contains("did you mean bug or backend?", text, StringComparison.Ordinal);
        Assert.Contains("\"candidates\":[\"a\",\"b\",\"c\",\"d\",\"e\"]", text, StringComparison.Ordinal);
        Assert.Contains("\"current_rev\":\"r12\"", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/ops/0/block_rev", "block_rev")]
    [InlineData("/ops/0/block_id", "block_id")]
    [InlineData("/ops/0/other", "block_id")]
    [InlineData("/elsewhere/block_rev", "arguments")]
    public void A_refusal_names_the_argument_that_went_to_the_place(string pointer, string argument)
    {
        var mapping = RequestMappingReader.Read(
            "POST",
            "/api/internal/nodedc/agent/v1/cards/{card}/content/ops",
            Permits.Json("""{"Body":{"ops":[{"block_id":"$block_id","block_rev":"$block_rev"}]}}"""),
            [])!;

        var answer = AnswerReader.Read(
            Permits.Of("""{"card":"NDC-1"}""", Addressing.Card, Effect.Write),
            mapping,
            Mapping,
            Arrived(409, $$"""{"code":"block_conflict","errors":[{"pointer":"{{pointer}}"}]}""", "application/problem+json"));

        Assert.Contains($"\"argument\":\"{argument}\"", Encoding.UTF8.GetString(answer.Result), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no_such_code", AnswerKind.Unknown, "upstream_invalid")]
    [InlineData("rate_limited", AnswerKind.NotDone, "rate_limited")]
    [InlineData("agents_disabled", AnswerKind.NotDone, "agents_disabled")]
    [InlineData("idempotency_in_progress", AnswerKind.Unknown, "idempotency_in_progress")]
    [InlineData("operation_fenced", AnswerKind.Unknown, "outcome_unknown")]
    [InlineData("card_not_found", AnswerKind.Refused, "card_not_found")]
    [InlineData("unauthenticated", AnswerKind.NotDone, "upstream_unavailable")]
    public void A_problem_code_decides_whether_it_is_for_good(string problem, AnswerKind kind, string code)
    {
        var answer = Read(409, $$"""{"code":"{{problem}}"}""", "application/problem+json");

        Assert.Equal(kind, answer.Kind);
        Assert.Equal(code, answer.Reason!.Code);
    }

    [Fact]
    public void Nothing_sent_is_not_done_and_a_lost_answer_to_a_write_is_unknown()
    {
        Assert.Equal(AnswerKind.NotDone, AnswerReader.NoArrival(nothingLeft: true, isWrite: true, "refused").Kind);
        Assert.Equal(AnswerKind.Unknown, AnswerReader.NoArrival(nothingLeft: false, isWrite: true, "timeout").Kind);
        Assert.Equal(AnswerKind.NotDone, AnswerReader.NoArrival(nothingLeft: false, isWrite: false, "timeout").Kind);
    }

    private static Answer Read(int status, string body, string type = "application/json") => AnswerReader.Read(
        Permits.Of("""{"card":"NDC-1","labels":["bugs"]}""", Addressing.Card), Request, Mapping, Arrived(status, body, type));

    private static Arrival Arrived(int status, string body, string type) =>
        new() { Status = status, MediaType = type, Body = Encoding.UTF8.GetBytes(body), Fault = null };
}
