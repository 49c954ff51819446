using System.Text.Json;
using AgentGateway.Gateway.Accept.Message;
using AgentGateway.Gateway.Authenticate;
using AgentGateway.Policy;
using Microsoft.AspNetCore.Http.Features;
using ModelContextProtocol.Protocol;

namespace AgentGateway.Gateway.Accept;

/// <summary>The tools this agent may call now, as a UTF-8 JSON array.</summary>
internal delegate ReadOnlyMemory<byte> ToolListing(Authority authority);

/// <summary>Answers every method but <c>tools/call</c>, each only after the authority was compared with the database.</summary>
internal sealed class Methods(RequestDelegate next, AuthorityRefresh refresh, ToolListing listing, CredentialRefusal refusal)
{
    public async Task InvokeAsync(HttpContext http)
    {
        if (http.Features.Get<McpMessage>() is not { } message)
        {
            await next(http);
            return;
        }

        if (message.Method is RequestMethods.ToolsCall)
        {
            http.Features.Set<CallEnvelope>(new McpEnvelope(message));
            await next(http);
            return;
        }

        if (message.IsNotification)
        {
            await Reply.AcceptedAsync(http);
            return;
        }

        var authority = http.Features.GetRequiredFeature<Authority>();
        switch (await refresh(authority, http.RequestAborted))
        {
            case Authentication.Known known:
                http.Features.Set(known.Authority);
                await AnswerAsync(http, message, known.Authority);
                break;
            case Authentication.Refused refused:
                await refusal.WriteAsync(http, refused, authority);
                break;
        }
    }

    private Task AnswerAsync(HttpContext http, McpMessage message, Authority authority) => (message.Method, message.Era) switch
    {
        (RequestMethods.Initialize, Era.Legacy) => InitializeAsync(http, message),
        (RequestMethods.Ping, Era.Legacy) => Reply.ResultAsync(http, message, static _ => { }),
        (RequestMethods.ServerDiscover, Era.Modern) => Reply.ResultAsync(http, message, Discovery, cacheable: true),
        (RequestMethods.ToolsList, _) => ListAsync(http, message, authority),
        _ => Reply.ErrorAsync(http, message.Id, RpcFault.UnknownMethod(message.Era)),
    };

    private static Task InitializeAsync(HttpContext http, McpMessage message)
    {
        if (message.Params.ValueKind is not JsonValueKind.Object
            || !message.Params.TryGetProperty("protocolVersion"u8, out var asked) || EraReader.Text(asked) is not { } version)
        {
            return Reply.ErrorAsync(http, message.Id, RpcFault.Params("The member protocolVersion must be a string."));
        }

        return Reply.ResultAsync(http, message, writer =>
        {
            writer.WriteString("protocolVersion"u8, Protocol.Legacy.Contains(version) ? version : Protocol.CounterOffer);
            Capabilities(writer);
            Reply.ServerInfo(writer, "serverInfo");
            writer.WriteString("instructions"u8, Instructions.Text);
        });
    }

    private static void Discovery(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("supportedVersions"u8);
        foreach (var version in Protocol.Supported)
        {
            writer.WriteStringValue(version);
        }

        writer.WriteEndArray();
        Capabilities(writer);
        writer.WriteString("instructions"u8, Instructions.Text);
    }

    private static void Capabilities(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("capabilities"u8);
        writer.WriteStartObject("tools"u8);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private Task ListAsync(HttpContext http, McpMessage message, Authority authority)
    {
        // The list is one page, so no cursor can be ours.
        if (message.Params.ValueKind is JsonValueKind.Object
            && message.Params.TryGetProperty("cursor"u8, out var cursor) && cursor.ValueKind is not JsonValueKind.Null)
        {
            return Reply.ErrorAsync(http, message.Id, RpcFault.Params("The list is one page: no cursor exists.", status: 200));
        }

        var tools = listing(authority);
        return Reply.ResultAsync(
            http,
            message,
            writer =>
            {
                writer.WritePropertyName("tools"u8);
                writer.WriteRawValue(tools.Span, skipInputValidation: true);
            },
            cacheable: true);
    }
}
