using AgentGateway.Tasker.Adapter;
using Npgsql;

namespace AgentGateway.Tasker.Operations;

/// <summary>A person an agent works for, as the tracker knows them now.</summary>
internal sealed record Owner(Guid Id, string Handle);

/// <summary>One admitted request: who asks, in which workspace, and the connection everything about it is read through.</summary>
internal sealed record Visit
{
    public required Caller Caller { get; init; }

    public required Guid Workspace { get; init; }

    public required Owner Owner { get; init; }

    public required NpgsqlConnection Connection { get; init; }

    public required Uri PublicUrl { get; init; }

    /// <summary>After how long without a report a work session counts as stale.</summary>
    public required TimeSpan StaleAfter { get; init; }

    public required CancellationToken Cancel { get; init; }

    public string UrlOf(string card) => new Uri(PublicUrl, $"/board/{card.Replace('-', '/')}").ToString();
}
