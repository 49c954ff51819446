using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using AgentGateway.Policy;

namespace AgentGateway.Gateway.Ledger;

/// <summary>
/// Advisory lock keys, the same on every replica and version. Admissions take them shared, changes of authority
/// exclusively, both in ascending order, so that none waits in a circle.
/// </summary>
internal static class LockKeys
{
    private static readonly ConditionalWeakTable<Agent, Tuple<long, long>> Known = [];

    /// <summary>Held by the one process that is migrating.</summary>
    public static readonly long Migration = Hash("migration", "agent-gateway");

    /// <summary>Held while a pairing starts: all together are counted.</summary>
    public static readonly long PairingStart = Hash("pairing", "start");

    /// <summary>Held while an owner approves a pairing: his open ones are counted. Taken after every other lock.</summary>
    public static long PairingOwner(string ownerId) => Hash("pairing owner", ownerId);

    /// <summary>Held by the one replica that seals the audit.</summary>
    public static readonly long Sealer = Hash("sealer", "agent-gateway");

    /// <summary>Both of an agent, computed once as long as it is cached.</summary>
    public static (long Owner, long Agent) Of(Agent agent)
    {
        var (owner, own) = Known.GetValue(agent, static agent => Tuple.Create(Owner(agent.OwnerId), Agent(agent.Id)));
        return (owner, own);
    }

    public static long Owner(string ownerId) => Hash("owner", ownerId);

    public static long Agent(string agentId) => Hash("agent", agentId);

    public static long[] Sorted(params long[] keys)
    {
        Array.Sort(keys);
        return keys;
    }

    // Two ids that share a key only wait for each other.
    private static long Hash(string kind, string id) =>
        BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{kind}:{id}")));
}
