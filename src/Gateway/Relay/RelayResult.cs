using AgentGateway.Gateway.Decide;
using AgentGateway.Policy;
using AgentGateway.Transforms.Response;
using Yarp.ReverseProxy.Forwarder;

namespace AgentGateway.Gateway.Relay;

/// <summary>Reads off the request's features what the forwarder brought back, or proves that nothing left.</summary>
internal static class RelayResult
{
    public static Answer Read(HttpContext http, Permit permit, ManifestRoute route)
    {
        if (http.Features.Get<Arrival>() is { } arrival)
        {
            return AnswerReader.Read(permit, route.Request, route.Response, arrival);
        }

        var isWrite = permit.Rule.Effect == Effect.Write;
        return http.GetForwarderErrorFeature() is { } error
            ? AnswerReader.NoArrival(NothingLeft(error), isWrite, error.Error.ToString())
            // No error and no answer: no route matched the rewritten request, the second lock held.
            : AnswerReader.NoArrival(nothingLeft: true, isWrite, "no route");
    }

    // Besides YARP's own two, a connection that was never established proves that no byte was sent.
    private static bool NothingLeft(IForwarderErrorFeature error) =>
        error.Error is ForwarderError.RequestCreation or ForwarderError.NoAvailableDestinations
        || error.Exception is HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError,
        };
}
