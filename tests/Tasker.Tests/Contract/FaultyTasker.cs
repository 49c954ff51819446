using System.Net;
using AgentGateway.Tasker.Tests.Adapter;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace AgentGateway.Tasker.Tests.Contract;

/// <summary>What an implementation may get wrong.</summary>
public enum Fault
{
    None,
    AnyToken,
    NoToken,
    NoDeadline,
    NoStoredAnswers,
    EveryScope,
    EveryProject,
    Deletes,
    ConflictsIgnored,
    PlainErrors,
    NoLimit,
}

/// <summary>The reference behind a proxy that plants one fault into what it asks or answers.</summary>
internal sealed class FaultyTasker : IAsyncDisposable
{
    private readonly WebApplication _proxy;
    private readonly HttpClient _tasker;

    private FaultyTasker(WebApplication proxy, HttpClient tasker) => (_proxy, _tasker) = (proxy, tasker);

    public Uri Address => new(_proxy.Urls.First());

    public static async Task<FaultyTasker> StartAsync(Uri tasker, Fault fault, World world)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = tasker };
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var proxy = builder.Build();
        proxy.Run(http => ForwardAsync(http, client, fault, world));
        await proxy.StartAsync();
        return new FaultyTasker(proxy, client);
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        _tasker.Dispose();
    }

    private static async Task ForwardAsync(HttpContext http, HttpClient tasker, Fault fault, World world)
    {
        if (fault == Fault.Deletes && http.Request.Method == HttpMethods.Delete)
        {
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        var query = fault == Fault.NoLimit ? QueryString.Empty : http.Request.QueryString;
        using var asked = new HttpRequestMessage(new HttpMethod(http.Request.Method), $"{http.Request.Path}{query}");
        var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        asked.Content = http.Request.ContentType is null ? null : new ByteArrayContent(body.ToArray());
        Plant(fault, http.Request.Headers, world);
        foreach (var (name, value) in http.Request.Headers.Where(header => header.Key is not ("Host" or "Content-Length")))
        {
            if (!asked.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)value))
            {
                asked.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)value);
            }
        }

        using var answer = await tasker.SendAsync(asked);
        await AnswerAsync(http, answer, fault);
    }

    private static void Plant(Fault fault, IHeaderDictionary headers, World world)
    {
        var right = $"Bearer {TaskerFixture.FirstToken}";
        switch (fault)
        {
            case Fault.AnyToken when headers.Authorization.Count > 0:
            case Fault.NoToken when headers.Authorization.Count == 0:
                headers.Authorization = right;
                break;
            case Fault.NoDeadline:
                headers.Remove("X-NodeDC-Not-After");
                break;
            case Fault.NoStoredAnswers:
                headers["Idempotency-Key"] = AgentClient.NewKey();
                break;
            case Fault.EveryScope:
                headers["X-NodeDC-Scope"] = AgentClient.AllScopes;
                break;
            case Fault.EveryProject:
                headers["X-NodeDC-Project"] = $"{world.Project},{world.Foreign}";
                break;
        }
    }

    private static async Task AnswerAsync(HttpContext http, HttpResponseMessage answer, Fault fault)
    {
        var status = fault == Fault.ConflictsIgnored && answer.StatusCode == HttpStatusCode.Conflict ? 200 : (int)answer.StatusCode;
        http.Response.StatusCode = status;
        foreach (var (name, value) in answer.Headers.Concat(answer.Content.Headers)
            .Where(header => header.Key is not ("Transfer-Encoding" or "Content-Length")))
        {
            http.Response.Headers[name] = value.ToArray();
        }

        if (fault == Fault.PlainErrors && status >= 400)
        {
            http.Response.ContentType = "application/json";
        }

        await http.Response.Body.WriteAsync(await answer.Content.ReadAsByteArrayAsync());
    }
}
