using Yarp.ReverseProxy.Forwarder;

namespace AgentGateway.Security.Replica.Plants;

/// <summary>Sends to Tasker through a handler that makes one mistake.</summary>
internal sealed class WrongSender(Func<HttpMessageHandler, HttpMessageHandler> wrap) : ForwarderHttpClientFactory
{
    /// <summary>A new key for each attempt: Tasker cannot tell a repeat from a second wish.</summary>
    public static void PlantFreshKeys(IServiceCollection services) =>
        services.AddSingleton<IForwarderHttpClientFactory>(new WrongSender(inner => new FreshKeys(inner)));

    /// <summary>What a proxy does by default: the caller's hanging up cancels the call it made.</summary>
    public static void PlantCancelOnDisconnect(IServiceCollection services) => services
        .AddSingleton<IStartupFilter, Callers>()
        .AddSingleton<IForwarderHttpClientFactory>(new WrongSender(inner => new Cancelling(inner)));

    protected override HttpMessageHandler WrapHandler(ForwarderHttpClientContext context, HttpMessageHandler handler) =>
        wrap(base.WrapHandler(context, handler));

    private sealed class FreshKeys(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        private const string Key = "Idempotency-Key";

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Headers.Remove(Key))
            {
                request.Headers.Add(Key, $"{Guid.CreateVersion7():N}");
            }

            return base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class Cancelling(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, Callers.Gone.Value);
            return await base.SendAsync(request, either.Token);
        }
    }

    /// <summary>Remembers, along the way of a call, when its caller goes away.</summary>
    private sealed class Callers : IStartupFilter
    {
        public static readonly AsyncLocal<CancellationToken> Gone = new();

        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use(async (http, rest) =>
            {
                Gone.Value = http.RequestAborted;
                await rest(http);
            });
            next(app);
        };
    }
}
