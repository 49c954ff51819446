using System.Reflection;
using System.Security.Cryptography;
using AgentGateway.Gateway.Setup.Packet.Encode;

namespace AgentGateway.Gateway.Setup.Packet;

/// <summary>The connect helper of this very build: its digest, and the commands that check and run it.</summary>
internal static class ConnectScript
{
    public const string Path = "scripts/connect";

    private const string Resource = "connect";

    /// <summary>SHA-256 in lower-case hex; null when the program was built without the script.</summary>
    public static string? Sha256 { get; } = Digest();

    public static PacketConnect Of(string gateway, string agent, string? digest)
    {
        var run = $"{Path} --gateway {ShellWord.Of(gateway)} --name {ShellWord.Of(agent)}";
        return new PacketConnect(Path, digest, digest is null ? [run] : [Check(digest), run]);
    }

    // Linux has sha256sum, macOS shasum; both print the digest first.
    private static string Check(string digest) =>
        $"test \"$( (sha256sum {Path} || shasum -a 256 {Path}) 2>/dev/null | cut -d ' ' -f 1)\" = {digest} && echo {Path} is genuine";

    private static string? Digest()
    {
        using var script = Assembly.GetExecutingAssembly().GetManifestResourceStream(Resource);
        return script is null ? null : Convert.ToHexStringLower(SHA256.HashData(script));
    }
}
