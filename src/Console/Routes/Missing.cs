using AgentGateway.Canon;
using AgentGateway.Canon.Pages;
using AgentGateway.Canon.Serve;

namespace AgentGateway.Console.Routes;

/// <summary>What is not there and what is not yours are one and the same page.</summary>
internal static class Missing
{
    public static IResult Page(HttpContext http)
    {
        var words = Visit.Of(http).Words;
        return PageResult.Of<TroublePage>(
            new Trouble(StatusCodes.Status404NotFound, words["missing"], words["missing.text"]), StatusCodes.Status404NotFound);
    }
}
