using System.CommandLine;
using System.Text;
using AgentGateway.Gateway.Ledger.Sealing;

namespace AgentGateway.Gateway.Commands.Audit;

/// <summary><c>gateway audit keygen</c>: a new key for checkpoints, as two files that are never written over.</summary>
internal static class AuditKeygen
{
    public static Command Create()
    {
        var privateFile = new Option<string>("--private")
        {
            Description = "File for the private key, made with mode 0600; CHECKPOINT_KEY_FILE names it.",
            Required = true,
        };
        var publicFile = new Option<string>("--public")
        {
            Description = "File for the public key, for whoever verifies.",
            Required = true,
        };
        var command = new Command("keygen", "Make the ECDSA P-256 key that signs checkpoints.") { privateFile, publicFile };
        command.SetAction(async (parsed, cancel) =>
        {
            using var key = CheckpointKey.Create();
            await WriteAsync(parsed.GetRequiredValue(privateFile), key.PrivatePem(), secret: true, cancel);
            await WriteAsync(parsed.GetRequiredValue(publicFile), key.PublicPem(), secret: false, cancel);
            Console.Out.WriteLine($"Key {key.Id}.");
            return ExitCode.Ok;
        });
        return command;
    }

    private static async Task WriteAsync(string path, string pem, bool secret, CancellationToken cancel)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (secret && !OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using var file = new FileStream(path, options);
        await file.WriteAsync(Encoding.ASCII.GetBytes(pem), cancel);
    }
}
