using System.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AgentGateway.Canon.Serve;

/// <summary>Answers with one component rendered to its end: either the whole page is sent, or none of it.</summary>
public sealed class PageResult : IResult
{
    private readonly Type _page;
    private readonly Dictionary<string, object?> _parameters;
    private readonly int _status;

    private PageResult(Type page, Dictionary<string, object?> parameters, int status)
    {
        _page = page;
        _parameters = parameters;
        _status = status;
    }

    public static PageResult Of<TPage>(int status = StatusCodes.Status200OK)
        where TPage : IComponent => new(typeof(TPage), [], status);

    /// <summary>The model becomes the component's parameter <c>Model</c>.</summary>
    public static PageResult Of<TPage>(object model, int status = StatusCodes.Status200OK)
        where TPage : IComponent => new(typeof(TPage), new() { ["Model"] = model }, status);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var visit = Visit.Of(httpContext);
        var services = httpContext.RequestServices;
        await using var renderer = new HtmlRenderer(services, services.GetRequiredService<ILoggerFactory>());
        var html = await renderer.Dispatcher.InvokeAsync(async () =>
        {
            var root = await renderer.RenderComponentAsync<PageRoot>(ParameterView.FromDictionary(new Dictionary<string, object?>
            {
                [nameof(PageRoot.Visit)] = visit,
                [nameof(PageRoot.Type)] = _page,
                [nameof(PageRoot.Parameters)] = _parameters,
            }));
            return root.ToHtmlString();
        });

        var bytes = Encoding.UTF8.GetBytes(html);
        PageHeaders.Set(httpContext, visit.App);
        httpContext.Response.StatusCode = _status;
        httpContext.Response.ContentType = "text/html; charset=utf-8";
        httpContext.Response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(httpContext.Request.Method))
        {
            await httpContext.Response.Body.WriteAsync(bytes, httpContext.RequestAborted);
        }
    }
}
