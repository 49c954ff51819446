using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using AgentGateway.Gateway.Configure;
using AgentGateway.Gateway.Ledger;
using AgentGateway.Gateway.Owners;
using AgentGateway.Policy;
using Dapper;
using Npgsql;

namespace AgentGateway.Gateway.Setup.Pairing;

/// <summary>Takes a device's wish down and gives it its two codes; so many from one source, and so many in all.</summary>
internal sealed class PairingStarts(NpgsqlDataSource database, PairingDigests digests, Settings settings)
{
    public const int LifetimeSeconds = 600;
    public const int IntervalSeconds = 5;
    public const int MostLive = 1000;

    private const int SubnetBytes = 8;

    /// <exception cref="RequestRefusedException">The source is locked, or too many pairings are open.</exception>
    public async Task<StartedAnswer> StartAsync(PairingWish wish, CallOrigin origin, CancellationToken cancel)
    {
        var device = PairingCodes.CreateDevice();
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            "SELECT pg_advisory_xact_lock(@Key)", new { Key = LockKeys.PairingStart }, transaction, cancellationToken: cancel));

        // What is refused below is undone with its count: only a lock keeps a source out.
        var limit = PairingLimits.StartsOf(Source(origin.RemoteAddress));
        await PairingLimits.EnterAsync(connection, limit, cancel);
        await RefuseAboveAsync(connection, cancel);
        await PairingLimits.HitAsync(connection, limit, cancel);
        var id = Guid.CreateVersion7();
        var user = await InsertAsync(connection, id, device, wish, origin, cancel);
        var step = new PairingStep("pairing_started", wish.Name) { Pairing = id, Origin = origin };
        await step.AppendAsync(connection, cancel);
        await transaction.CommitAsync(cancel);

        var shown = PairingCodes.Show(user);
        return new StartedAnswer(
            device, shown, settings.VerificationUrl, $"{settings.VerificationUrl}?user_code={shown}", LifetimeSeconds, IntervalSeconds);
    }

    /// <summary>Whom starts are counted against: an address; of IPv6 the network, whose addresses one machine has to spare.</summary>
    public static string Source(string? address)
    {
        if (!IPAddress.TryParse(address, out var ip))
        {
            return "unknown";
        }

        ip = ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip;
        return ip.AddressFamily == AddressFamily.InterNetwork
            ? ip.ToString()
            : new IPNetwork(new IPAddress([.. ip.GetAddressBytes()[..SubnetBytes], .. new byte[SubnetBytes]]), 64).ToString();
    }

    private static async Task RefuseAboveAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var live = await connection.ExecuteScalarAsync<int>(new CommandDefinition(
            """
            SELECT count(*) FROM pairings
            WHERE expires_at > clock_timestamp() AND used_at IS NULL AND decision IS DISTINCT FROM 'denied'
            """,
            cancellationToken: cancel));
        if (live >= MostLive)
        {
            throw new RequestRefusedException(Reasons.TooManyPairings);
        }
    }

    private async Task<string> InsertAsync(
        NpgsqlConnection connection, Guid id, string device, PairingWish wish, CallOrigin origin, CancellationToken cancel)
    {
        while (true)
        {
            var user = PairingCodes.CreateUser();
            var inserted = await connection.ExecuteAsync(new CommandDefinition(
                """
                INSERT INTO pairings (id, device_digest, user_digest, challenge, name, host, client, requested, source,
                                      expires_at, interval_seconds)
                VALUES (@id, @Device, @User, @Challenge, @Name, @Host, @Client, @Requested::jsonb, @Source,
                        clock_timestamp() + make_interval(secs => @LifetimeSeconds), @IntervalSeconds)
                ON CONFLICT (user_digest) DO NOTHING
                """,
                new
                {
                    id,
                    Device = digests.OfDevice(device),
                    User = digests.OfUser(user),
                    wish.Challenge,
                    wish.Name,
                    wish.Host,
                    wish.Client,
                    Requested = JsonSerializer.Serialize(wish.Requested, PairingBodyJson.Default.RequestedBody),
                    Source = origin.RemoteAddress ?? "unknown",
                    LifetimeSeconds,
                    IntervalSeconds,
                },
                cancellationToken: cancel));
            if (inserted == 1)
            {
                return user;
            }
        }
    }
}
