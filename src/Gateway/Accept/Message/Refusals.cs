using AgentGateway.Policy;

namespace AgentGateway.Gateway.Accept.Message;

/// <summary>Answers a message that was not read: finds its id first, and lets the client finish sending after.</summary>
internal static class Refusals
{
    public static RpcFault Unread(BodyEnd end) => end is BodyEnd.TooLarge
        ? RpcFault.Own(413, "The message is over 256 KiB. Send less, or split it over several calls.", Reasons.PayloadTooLarge)
        : RpcFault.Parse("The body could not be read.");

    /// <summary>Refuses a message nobody has begun to read.</summary>
    public static async Task WriteAsync(HttpContext http, RpcFault fault)
    {
        using var body = await MessageBody.ReadAsync(http, Protocol.BodyLimit, http.RequestAborted);
        await WriteAsync(http, body, fault);
    }

    public static async Task WriteAsync(HttpContext http, MessageBody body, RpcFault fault)
    {
        var id = await body.FindIdAsync(http.RequestAborted);
        if (body.End is not BodyEnd.Whole)
        {
            http.Response.Headers.Connection = "close";
        }

        await Reply.ErrorAsync(http, id, fault);
        await http.Response.CompleteAsync();
        await body.DrainAsync(http.RequestAborted);
    }
}
