using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using AgentGateway.Gateway.Configure;

namespace AgentGateway.Gateway.Commands.Doctor;

/// <summary>Tasker: there, taking the internal token at its adapter, and nowhere else.</summary>
internal sealed class TaskerChecks(Probe web, Settings settings)
{
    private const string Adapter = "/api/internal/nodedc/agent/v1";

    // A workspace nobody has: whoever is let in hears that it is not there, whoever is not hears less.
    private static readonly string[] RawPaths = ["/api/v1/workspaces/doctor-probe/projects/", "/api/v1/users/me/"];

    public async IAsyncEnumerable<Finding> RunAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        if (await web.GetAsync(At(Adapter + "/health"), cancel) is not { } health)
        {
            yield return Finding.Fail(
                "tasker", $"Tasker cannot be reached at {settings.TaskerBaseUrl}.", "Start it, and check NODEDC_TASKER_BASE_URL.");
            yield break;
        }

        yield return health.Status == 200
            ? Finding.Ok("tasker", "Tasker's adapter answers.")
            : Finding.Fail("tasker", $"Tasker's adapter answered {health.Status} to its health check.", "Look into Tasker's log.");
        yield return await TokenAsync(cancel);
        yield return await RawApiAsync(cancel);
    }

    // Without the headers of a call an accepted token gets a refusal of another kind.
    private async Task<Finding> TokenAsync(CancellationToken cancel)
    {
        var without = await web.GetAsync(At(Adapter + "/me"), cancel);
        var with = await web.GetAsync(At(Adapter + "/me"), cancel, Bearer);
        return (without?.Status, with?.Status) switch
        {
            (null, _) or (_, null) or (_, >= 500) => Finding.Warn(
                "tasker token", "Tasker did not say whether it takes the internal token.", "Run the doctor again."),
            (_, 401) => Finding.Fail(
                "tasker token", "Tasker refuses the internal token.", "Give both sides the same NODEDC_TASKER_INTERNAL_TOKEN."),
            (not 401, _) => Finding.Fail(
                "tasker token", "Tasker's adapter answers without any token.", "Set the adapter's token in Tasker."),
            _ => Finding.Ok("tasker token", "Tasker takes the internal token."),
        };
    }

    private async Task<Finding> RawApiAsync(CancellationToken cancel)
    {
        foreach (var path in RawPaths)
        {
            var without = await web.GetAsync(At(path), cancel);
            foreach (var credential in (Action<HttpRequestHeaders>[])[Bearer, ApiKey])
            {
                var with = await web.GetAsync(At(path), cancel, credential);
                if (with is { Status: < 500 and not (401 or 403) } && (with.Status < 300 || with.Status != without?.Status))
                {
                    return Finding.Fail(
                        "raw api", "Tasker's own API takes the internal token: who has it needs no gateway.",
                        "Let the token open the adapter alone.");
                }
            }
        }

        return Finding.Ok("raw api", "Tasker's own API does not take the internal token.");
    }

    private void Bearer(HttpRequestHeaders headers) =>
        headers.Authorization = new AuthenticationHeaderValue("Bearer", settings.TaskerInternalToken.Reveal());

    private void ApiKey(HttpRequestHeaders headers) => headers.Add("X-API-Key", settings.TaskerInternalToken.Reveal());

    private Uri At(string path) => Probe.At(settings.TaskerBaseUrl, path);
}
