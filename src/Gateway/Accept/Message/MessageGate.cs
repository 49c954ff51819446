using System.Diagnostics;

namespace AgentGateway.Gateway.Accept.Message;

/// <summary>Reads the one message of <c>POST /mcp</c>; whatever is behind it sees a parsed message or nothing.</summary>
internal sealed class MessageGate(RequestDelegate next, ParamHeaders paramHeaders, RefusalNote note)
{
    public async Task InvokeAsync(HttpContext http)
    {
        if (http.Request.Path != Protocol.Endpoint)
        {
            await next(http);
            return;
        }

        if (await ReadAsync(http) is { } message)
        {
            http.Features.Set(message);
            await next(http);
        }
    }

    private async Task<McpMessage?> ReadAsync(HttpContext http)
    {
        using var body = await MessageBody.ReadAsync(http, Protocol.BodyLimit, http.RequestAborted);
        if (body.End is not BodyEnd.Whole)
        {
            var unread = Refusals.Unread(body.End);
            await note(http, unread);
            await Refusals.WriteAsync(http, body, unread);
            return null;
        }

        switch (MessageReader.Read(http.Request.Headers, body.Bytes, paramHeaders))
        {
            case Reading.Message message:
                return message.Value;
            case Reading.Refused refused:
                await note(http, refused.Fault);
                await Reply.ErrorAsync(http, refused.Id, refused.Fault);
                return null;
            default:
                throw new UnreachableException();
        }
    }
}
