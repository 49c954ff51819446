using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using AgentGateway.Gateway.Accept;
using AgentGateway.Gateway.Authenticate;
using AgentGateway.Gateway.Configure;
using AgentGateway.Gateway.Decide;
using AgentGateway.Gateway.Setup.Packet;
using AgentGateway.Policy;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace AgentGateway.Gateway.Commands.Doctor;

/// <summary>One agent's token: valid, with grants, and answered by the gateway in both protocol eras with the tools it should see.</summary>
internal sealed class TokenChecks(Probe web, Settings settings, Manifest? manifest, NpgsqlDataSource database)
{
    private const string Check = "agent token";

    public async IAsyncEnumerable<Finding> RunAsync(string? file, [EnumeratorCancellation] CancellationToken cancel)
    {
        if (file is null)
        {
            yield break;
        }

        var (token, unread) = Read(file);
        if (unread is not null)
        {
            yield return unread;
        }

        if (token is null)
        {
            yield break;
        }

        var authentication = await AuthenticateAsync(token, cancel);
        if (authentication is not Authentication.Known { Authority: var authority })
        {
            yield return Refused((Authentication.Refused)authentication);
            yield break;
        }

        yield return Finding.Ok(Check, $"{authority.TokenPrefix}… is valid, mode {AgentModes.Word(authority.Agent.Mode)}.");
        yield return authority.Grants.Count == 0
            ? Finding.Warn("agent grants", "The agent has no project.", "Grant it one in Tasker.")
            : Finding.Ok("agent grants", $"Granted: {string.Join(", ", authority.Grants.Select(grant => grant.Key))}.");
        yield return await EraAsync(token, cancel);
        yield return await ToolsAsync(token, authority, cancel);
    }

    private static (string? Token, Finding? Finding) Read(string file)
    {
        try
        {
            var text = File.ReadAllText(file).Trim();
            return AgentToken.Fault(text) is { } fault
                ? (null, Finding.Fail(Check, $"The file holds no agent token ({fault}).", "Write the token that was shown once into it."))
                : (text, OthersMayRead(file)
                    ? Finding.Warn(Check, "Others may read the token's file.", "chmod 600 it.")
                    : null);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return (null, Finding.Fail(Check, "The token's file cannot be read.", "Name a file that exists and may be read."));
        }
    }

    private static bool OthersMayRead(string file) => !OperatingSystem.IsWindows()
        && (File.GetUnixFileMode(file) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) != 0;

    private async Task<Authentication> AuthenticateAsync(string token, CancellationToken cancel)
    {
        // Its use is not noted: a check is no use.
        using var use = new TokenUse(database, TimeProvider.System, NullLogger<TokenUse>.Instance);
        var authenticator = new TokenAuthenticator(
            new AuthorityTable(database, settings.LauncherBaseUrl is null ? null : settings.Entitlement.MaxStaleness),
            new AuthorityCache(TimeProvider.System),
            new TokenDigests(settings.TokenPeppers), use, TimeProvider.System, NullLogger<TokenAuthenticator>.Instance);
        return await authenticator.AuthenticateAsync($"Bearer {token}", cancel);
    }

    private static Finding Refused(Authentication.Refused refused) => refused.Cause == "unknown"
        ? Finding.Fail(
            Check, "This gateway does not know the token.", "Check that the pepper and the database are those it was issued with.")
        : Finding.Fail(Check, $"{refused.Reason.Detail} Cause: {refused.Cause}.", refused.Reason.Hint);

    private async Task<Finding> EraAsync(string token, CancellationToken cancel)
    {
        var modern = await PostAsync(token, "server/discover", modern: true, cancel);
        var legacy = await PostAsync(token, "initialize", modern: false, cancel);
        return (modern?.Status, legacy?.Status) switch
        {
            (200, 200) => Finding.Ok("agent era", $"The gateway answers {Protocol.Modern} and {Protocol.CounterOffer}."),
            (null, null) => Finding.Warn("agent era", $"Nobody answers at {settings.PublicUrl}, so the token was tried here only.", "Start the gateway."),
            var (one, two) => Finding.Fail(
                "agent era", $"The gateway at {settings.PublicUrl} answered {one} and {two}.", "Look whether the address is this gateway's."),
        };
    }

    private async Task<Finding> ToolsAsync(string token, Authority authority, CancellationToken cancel)
    {
        var expected = manifest?.Tools.Where(tool => RuleBook.IsCallable(authority, tool.Rule)).Select(tool => tool.Rule.Tool).ToList() ?? [];
        var listed = await PostAsync(token, "tools/list", modern: false, cancel);
        if (listed is not { Status: 200 })
        {
            return Finding.Warn("agent tools", $"{expected.Count} tools are expected; none were listed.", "Start the gateway.");
        }

        var shown = listed.Json.GetProperty("result").GetProperty("tools").EnumerateArray()
            .Select(tool => tool.GetProperty("name").GetString()).ToList();
        return shown.SequenceEqual(expected, StringComparer.Ordinal)
            ? Finding.Ok("agent tools", $"The gateway lists the {expected.Count} tools expected.")
            : Finding.Fail(
                "agent tools", $"The gateway lists {shown.Count} tools, {expected.Count} are expected.", "Restart it with this manifest.");
    }

    private async Task<Probed?> PostAsync(string token, string method, bool modern, CancellationToken cancel)
    {
        if (PacketWriter.IsInTheClear(settings.PublicUrl))
        {
            // A check must not be the one that shows the token to the network.
            return null;
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(settings.PublicUrl + Protocol.Endpoint));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Accept.ParseAdd("application/json, text/event-stream");
        if (modern)
        {
            request.Headers.Add(Protocol.VersionHeader, Protocol.Modern);
            request.Headers.Add(Protocol.MethodHeader, method);
        }

        request.Content = new StringContent(Message(method, modern), Encoding.UTF8, "application/json");
        return await web.SendAsync(request, cancel);
    }

    private static string Message(string method, bool modern) => new JsonObject
    {
        ["jsonrpc"] = "2.0",
        ["id"] = 1,
        ["method"] = method,
        ["params"] = modern
            ? new JsonObject
            {
                ["_meta"] = new JsonObject
                {
                    ["io.modelcontextprotocol/protocolVersion"] = Protocol.Modern,
                    ["io.modelcontextprotocol/clientCapabilities"] = new JsonObject(),
                },
            }
            : new JsonObject
            {
                ["protocolVersion"] = Protocol.CounterOffer,
                ["capabilities"] = new JsonObject(),
                ["clientInfo"] = new JsonObject { ["name"] = "gateway-doctor", ["version"] = "1" },
            },
    }.ToJsonString();
}
