using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using AgentGateway.Gateway.Owners;
using AgentGateway.Gateway.Relay;
using AgentGateway.Policy;
using AgentGateway.Transforms.Mapping;
using AgentGateway.Transforms.Request;

namespace AgentGateway.Gateway.Sessions;

/// <summary>An ended session that Tasker still shows as open.</summary>
internal sealed record UntoldEnd
{
    public Guid Id { get; init; }

    public string AgentId { get; init; } = "";

    public Guid ProjectId { get; init; }

    public string ProjectKey { get; init; } = "";

    public int CardNumber { get; init; }

    public string Goal { get; init; } = "";

    public string[] Plan { get; init; } = [];

    public int[] Done { get; init; } = [];

    public string EndedBecause { get; init; } = "";

    public string Name { get; init; } = "";

    public string OwnerId { get; init; } = "";

    public string Workspace { get; init; } = "";

    public DateTime Now { get; init; }

    public CardKey Card => new(ProjectKey, CardNumber);
}

/// <summary>
/// Brings a session's comment to its end when no agent can any more: the one thing the gateway writes to Tasker on its own
/// account, by the session's id and so never twice.
/// </summary>
internal sealed class SessionComments(
    Uri tasker, Func<string> internalToken, DerivedKey keys, CallAssertion assertions, ILogger<SessionComments> log) : IDisposable
{
    private const string Tool = "finish_work_session";
    private const string Scope = "session:report";
    private const int LargestAnswerBytes = 256 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http = OutboundHttp.Create(tasker, Patience, LargestAnswerBytes);

    /// <returns>Whether there is nothing left to tell: done, or there is no such card any more.</returns>
    public async Task<bool> TellAsync(UntoldEnd end, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Put, $"{PathTemplate.Prefix.TrimStart('/')}cards/{end.Card}/work-sessions/{end.Id:D}")
        {
            Content = new ByteArrayContent(JsonOutput.Bytes(end, Write)),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        SetHeaders(request.Headers, end);
        try
        {
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancel);
            var status = (int)answer.StatusCode;
            if (status is 200 or 201 or 404)
            {
                return true;
            }

            log.SessionEndNotTold(end.Id, $"status {status}");
        }
        catch (HttpRequestException lost)
        {
            log.SessionEndNotTold(end.Id, lost.HttpRequestError.ToString());
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            log.SessionEndNotTold(end.Id, "no answer in time");
        }

        return false;
    }

    public void Dispose() => _http.Dispose();

    private void SetHeaders(HttpRequestHeaders headers, UntoldEnd end)
    {
        var request = Guid.CreateVersion7();
        var project = end.ProjectId.ToString("D");
        headers.Authorization = new AuthenticationHeaderValue("Bearer", internalToken());
        headers.Add("X-NodeDC-Agent-Id", end.AgentId);
        headers.Add("X-NodeDC-Agent-Name", Uri.EscapeDataString(end.Name));
        headers.Add("X-NodeDC-Agent-Owner", Uri.EscapeDataString(end.OwnerId));
        headers.Add("X-NodeDC-Workspace", end.Workspace);
        headers.Add(Departure.ToolHeader, Tool);
        headers.Add("X-NodeDC-Project", project);
        headers.Add("X-NodeDC-Scope", Scope);
        headers.Add("X-NodeDC-Not-After", end.Now.AddSeconds(10).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
        headers.Add("Idempotency-Key", keys.Derive(end.AgentId, $"end of session {end.Id:D}"));
        headers.Add("X-Request-Id", request.ToString("D"));
        if (assertions.Sign(new AssertedCall(end.AgentId, end.OwnerId, Tool, project, Scope), request) is { } assertion)
        {
            headers.Add("X-NodeDC-Assertion", assertion);
        }
    }

    private static void Write(Utf8JsonWriter writer, in UntoldEnd end)
    {
        writer.WriteStartObject();
        writer.WriteString("status", "abandoned");
        writer.WriteString("goal", end.Goal);
        writer.WriteStartArray("plan");
        foreach (var (index, step) in end.Plan.Index())
        {
            writer.WriteStartObject();
            writer.WriteString("text", step);
            writer.WriteBoolean("done", end.Done.Contains(index + 1));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteString("progress_markdown", Sentence(end.EndedBecause));
        writer.WriteEndObject();
    }

    private static string Sentence(string because) => because switch
    {
        "agent_revoked" => "Ended without a report: the agent was revoked.",
        "agent_suspended" => "Ended without a report: the agent was suspended.",
        "owner_blocked" => "Ended without a report: the agent's owner may not have agents any more.",
        "grant_revoked" => "Ended without a report: the agent lost its access to this project.",
        _ => "Ended without a report.",
    };
}
