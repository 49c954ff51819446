using System.Security.Cryptography;
using AgentGateway.Gateway.Configure;
using AgentGateway.Gateway.Ledger;
using AgentGateway.Gateway.Ledger.Sealing;
using AgentGateway.Gateway.Tests.Ledger;
using Npgsql;

namespace AgentGateway.Gateway.Tests.Audit;

/// <summary>What the program signs is what the database gives back, byte for byte.</summary>
public sealed class RowMacTests
{
    private static readonly RowMac Key = RowMac.Of(Secret.Of(RandomNumberGenerator.GetHexString(64)));

    [Fact]
    public async Task The_bytes_signed_are_the_bytes_that_copy_sends()
    {
        await using var world = await LedgerWorld.CreateAsync();
        var full = await FullAsync(world);
        var events = (AuditEvent[])
        [
            full, new AuditEvent { Kind = "refused", Decision = "deny" },
            new AuditEvent { Kind = "lifecycle", Decision = "x", Cause = "Ünï\0cødé \ud83d\ude00 " + new string('y', 400), Actor = "" },
        ];
        foreach (var written in events)
        {
            await InsertAsync(world, written);
        }

        await using var connection = await world.Database.OpenConnectionAsync();
        await using var copy = await connection.BeginRawBinaryCopyAsync(
            $"""
            COPY (SELECT {AuditEvent.Columns} FROM audit_events WHERE mac_key = {Key.KeyId} ORDER BY sequence)
            TO STDOUT (FORMAT binary)
            """);
        using var sent = new MemoryStream();
        await copy.CopyToAsync(sent);

        using var expected = new MemoryStream();
        foreach (var written in events)
        {
            expected.Write([0, (byte)AuditEvent.Types.Count]);
            expected.Write(RowFields.Write(written.ToRow(Key)));
        }

        expected.Write([0xff, 0xff]);
        Assert.Equal(Convert.ToHexString(expected.ToArray()), Convert.ToHexString(sent.ToArray().AsSpan(19)));
    }

    [Fact]
    public async Task Each_column_counts()
    {
        await using var world = await LedgerWorld.CreateAsync();
        var row = (await FullAsync(world)).ToRow(Key);
        var mac = Assert.IsType<byte[]>(row[^1]);
        var fields = row[..^1];
        Assert.True(Key.Holds(RowFields.Write(fields), mac));

        for (var column = 0; column < fields.Length; column++)
        {
            var changed = (object?[])fields.Clone();
            changed[column] = changed[column] is null ? "x" : null;
            Assert.False(Key.Holds(RowFields.Write(changed), mac), $"column {column}");
        }
    }

    [Fact]
    public void Neighbouring_columns_cannot_trade_characters()
    {
        var one = RowFields.Write(["ab", "c", null]).ToArray();

        Assert.NotEqual(one, RowFields.Write(["a", "bc", null]).ToArray());
        Assert.NotEqual(one, RowFields.Write(["ab", null, "c"]).ToArray());
        Assert.NotEqual(RowFields.Write([""]).ToArray(), RowFields.Write([null]).ToArray());
    }

    [Fact]
    public void Another_key_makes_another_mac_and_another_id()
    {
        var other = RowMac.Of(Secret.Of(RandomNumberGenerator.GetHexString(64)));
        var again = RowMac.Of(Secret.Of("the-same-material-twice-is-the-same-key"));

        Assert.NotEqual(Key.Compute([1]), other.Compute([1]));
        Assert.Equal(again.KeyId, RowMac.Of(Secret.Of("the-same-material-twice-is-the-same-key")).KeyId);
        Assert.True(Key.KeyId > 0);
    }

    private static async Task<AuditEvent> FullAsync(LedgerWorld world)
    {
        var authority = await world.AuthorityAsync();
        return new AuditEvent
        {
            Kind = "settled",
            Decision = "succeeded",
            AdmissionId = Guid.CreateVersion7(),
            Origin = LedgerWorld.Origin() with { ClientVersion = "1.2", ThreadId = "t", TraceParent = "00-1" },
            Authority = authority,
            Tool = "create_card",
            Projects = authority.Grants,
            Card = "NDC-1",
            Scope = "card:create",
            Effect = "write",
            Reason = "none",
            Cause = "because",
            ManifestDigest = "sha256:1",
            KeyDigest = RandomNumberGenerator.GetBytes(32),
            ArgumentDigest = RandomNumberGenerator.GetBytes(32),
            UpstreamStatus = 201,
            Duration = TimeSpan.FromMilliseconds(12),
            Actor = "Anna",
            Epoch = 3,
        };
    }

    private static async Task InsertAsync(LedgerWorld world, AuditEvent written)
    {
        await using var connection = await world.Database.OpenConnectionAsync();
        await using var insert = new NpgsqlCommand(AuditEvent.Insert, connection);
        written.AddTo(insert.Parameters, Key);
        await insert.ExecuteNonQueryAsync();
    }
}
