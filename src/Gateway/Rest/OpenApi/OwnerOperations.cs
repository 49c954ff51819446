using System.Text.Json.Serialization.Metadata;
using AgentGateway.Gateway.Owners.Api;
using AgentGateway.Gateway.Reporting;
using AgentGateway.Gateway.Setup.Packet;
using AgentGateway.Gateway.Setup.Pairing;

namespace AgentGateway.Gateway.Rest.OpenApi;

/// <summary>Who stands behind an internal request, and so which headers it takes.</summary>
internal enum OwnerRequestKind
{
    Read,

    /// <summary>A person's change: names the person, may be repeated under a key.</summary>
    Write,

    /// <summary>The Launcher's word: its version makes a repeat harmless.</summary>
    Push,
}

/// <summary>One internal route as it is documented; paths and methods are held to the front door's table by a test.</summary>
/// <param name="Kind">Its headers.</param>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Below <c>/api/internal/v1</c>.</param>
/// <param name="Summary">One sentence.</param>
/// <param name="Answer">Null: an object described elsewhere.</param>
internal sealed record OwnerOperation(OwnerRequestKind Kind, string Method, string Path, string Summary, JsonTypeInfo? Answer)
{
    public JsonTypeInfo? Body { get; init; }

    public int Status { get; init; } = 200;

    public bool BodyOptional { get; init; }

    /// <summary>Whether the answer is a stream of events and no object.</summary>
    public bool Streams { get; init; }

    /// <summary>Query values with their meaning.</summary>
    public IReadOnlyList<(string Name, string Meaning)> Query { get; init; } = [];
}

/// <summary>Every internal route there is, one entry each; a new route is one more entry.</summary>
internal static class OwnerOperations
{
    private const string Agents = "/owners/{owner}/agents";
    private const string Agent = Agents + "/{agent}";
    private const string Grant = Agent + "/grants/{project}";
    private const string Token = Agent + "/tokens/{token}";
    private const string Pairing = "/owners/{owner}/pairings/{code}";
    private const string Entitlement = "/entitlements/{client}/{user}/codex_agents";

    private static readonly (string Name, string Meaning) Cursor = ("cursor", "next_cursor of the page before.");
    private static readonly (string Name, string Meaning) Workspace = ("workspace", "Slug of one workspace; all without it.");

    public static readonly IReadOnlyList<OwnerOperation> All =
    [
        Read(Agents, "All agents of the owner.", AnswerJson.Default.AgentsAnswer),
        Write("POST", Agents, "Creates an agent.", AnswerJson.Default.AgentAnswer, BodyJson.Default.CreateAgentBody) with { Status = 201 },
        Read(Agent, "One agent.", AnswerJson.Default.AgentAnswer),
        Write("PATCH", Agent, "Changes what is named.", AnswerJson.Default.AgentAnswer, BodyJson.Default.PatchAgentBody),
        Stop(Agent + "/revoke", "Revokes the agent for good, with all its tokens.", AnswerJson.Default.StoppedAnswer),
        Stop(Agent + "/suspend", "Suspends the agent; its tokens stay.", AnswerJson.Default.StoppedAnswer),
        Stop(Agent + "/resume", "Lets a suspended agent work again.", AnswerJson.Default.AgentAnswer),
        Write("POST", Agent + "/setup-packet", "What connects the agent: commands and texts, never a token.",
            PacketJson.Default.SetupPacket, PacketJson.Default.SetupBody)
            with { BodyOptional = true },
        Read(Grant, "What the agent may do in a project.", AnswerJson.Default.GrantAnswer),
        Write("PUT", Grant, "Grants a project, or changes how far.", AnswerJson.Default.GrantAnswer, BodyJson.Default.ReachBody),
        Stop(Grant + "/revoke", "Takes a project away.", AnswerJson.Default.RevokedAnswer),
        Read(Agent + "/tokens", "What may be known of the agent's tokens.", AnswerJson.Default.TokensAnswer),
        Write("POST", Agent + "/tokens", "Issues a token; the answer alone shows it.", AnswerJson.Default.IssuedAnswer, BodyJson.Default.TokenBody)
            with { Status = 201 },
        Stop(Token + "/revoke", "Revokes a token at once.", AnswerJson.Default.RevokedAnswer),
        Write("POST", Token + "/rotate", "Issues a token in place of another.", AnswerJson.Default.IssuedAnswer, BodyJson.Default.RotateBody)
            with { Status = 201, BodyOptional = true },
        Read(Agent + "/activity", "What the agent did, newest first.", AnswerJson.Default.ActivityAnswer)
            with { Query = [Cursor] },
        Read(Agent + "/access-review", "Granted beside used.", AnswerJson.Default.ReviewAnswer),
        Read(Pairing, "Who asks to be paired, from where, for what.", PairingAnswerJson.Default.PairingAnswer),
        Write("POST", Pairing + "/approve", "Lets the device in.", PairingAnswerJson.Default.PairingAnswer, PairingBodyJson.Default.ApproveBody),
        Write("POST", Pairing + "/deny", "Turns the device away.", PairingAnswerJson.Default.PairingAnswer, PairingBodyJson.Default.DenyBody)
            with { BodyOptional = true },
        Read(Entitlement, "What the Launcher said last.", AnswerJson.Default.EntitlementAnswer),
        Push(
            "PUT", Entitlement, "Whether the user may have agents; older versions change nothing.", AnswerJson.Default.AppliedAnswer,
            BodyJson.Default.EntitlementBody),
        Push("POST", "/entitlements:batch", "The same for many.", AnswerJson.Default.BatchAnswer, BodyJson.Default.EntitlementBatchBody),
        Read("/reporting/agents", "Which agents are connected, idle, stale or were never seen, and what they work on.",
            ReportingJson.Default.ReportedAgentsAnswer)
            with { Query = [Workspace, ("state", "connected, idle, stale or never."), Cursor] },
        Read("/reporting/sessions", "Work sessions: open and stale ones, or those of one state.", ReportingJson.Default.ReportedSessionsAnswer)
            with { Query = [Workspace, ("state", "open, stale or ended."), ("agent", "Id of the agent."), Cursor] },
        Read("/reporting/stream", "Server-sent events: change names agents with something new, refresh says to read all anew.", null)
            with { Query = [Workspace], Streams = true },
        Read("/openapi.json", "This document.", null),
    ];

    private static OwnerOperation Read(string path, string summary, JsonTypeInfo? answer) =>
        new(OwnerRequestKind.Read, "GET", path, summary, answer);

    private static OwnerOperation Write(string method, string path, string summary, JsonTypeInfo answer, JsonTypeInfo body) =>
        new(OwnerRequestKind.Write, method, path, summary, answer) { Body = body };

    private static OwnerOperation Push(string method, string path, string summary, JsonTypeInfo answer, JsonTypeInfo body) =>
        new(OwnerRequestKind.Push, method, path, summary, answer) { Body = body };

    private static OwnerOperation Stop(string path, string summary, JsonTypeInfo answer) =>
        Write("POST", path, summary, answer, BodyJson.Default.CauseBody) with { BodyOptional = true };
}
