using AgentGateway.Policy;
using ModelContextProtocol;

namespace AgentGateway.Gateway.Accept;

/// <summary>A JSON-RPC refusal: HTTP status, code and one sentence; never a detail of the machinery.</summary>
internal sealed record RpcFault(int Status, int Code, string Message, Reason Reason)
{
    /// <summary>The revision asked for; answered beside the supported ones.</summary>
    public string? RequestedVersion { get; init; }

    public static RpcFault Parse(string detail) => new(400, (int)McpErrorCode.ParseError, detail, Reasons.MalformedMessage);

    public static RpcFault Request(string detail) => new(400, (int)McpErrorCode.InvalidRequest, detail, Reasons.MalformedMessage);

    public static RpcFault Params(string detail, int status = 400) =>
        new(status, (int)McpErrorCode.InvalidParams, detail, Reasons.MalformedMessage);

    public static RpcFault Headers(string detail) => new(400, (int)McpErrorCode.HeaderMismatch, detail, Reasons.MalformedMessage);

    public static RpcFault Version(string requested) => new(400, (int)McpErrorCode.UnsupportedProtocolVersion,
        "This protocol version is not supported.", Reasons.MalformedMessage)
    {
        RequestedVersion = requested,
    };

    public static RpcFault UnknownMethod(Era era) => new(era is Era.Modern ? 404 : 200, (int)McpErrorCode.MethodNotFound,
        "There is no such method here: this server offers tools only.", Reasons.RequestRefused);

    /// <summary>A refusal of our own: the code lies outside the range JSON-RPC reserves and shows the status.</summary>
    public static RpcFault Own(int status, string detail, Reason reason) => new(status, -31000 - status, detail, reason);

    public static RpcFault Own(Reason reason) => Own(reason.Status, $"{reason.Detail} {reason.Hint}", reason);
}
