namespace AgentGateway.Gateway.Configure;

/// <summary>Reads the file of a secret, which is small, there, and writable by its owner alone; else says what is wrong.</summary>
internal static class SecretFile
{
    private const int LargestBytes = 64 * 1024;

    /// <exception cref="FormatException">With what is wrong with the file, without its content.</exception>
    public static string Read(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
            {
                throw new FormatException("names a file that does not exist");
            }

            // A mounted secret is a link; what it points to is what somebody could write.
            var target = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
            if (target.Length > LargestBytes)
            {
                throw new FormatException($"names a file above {LargestBytes} bytes");
            }

            if (OthersMayWrite(target))
            {
                throw new FormatException("names a file that its group or everybody may write; chmod 600 it");
            }

            var text = File.ReadAllText(path).Trim();
            return text.Length > 0 ? text : throw new FormatException("names an empty file");
        }
        catch (Exception unreadable) when (unreadable is UnauthorizedAccessException or IOException)
        {
            throw new FormatException("names a file that may not be read", unreadable);
        }
    }

    private static bool OthersMayWrite(FileInfo file) => !OperatingSystem.IsWindows()
        && (file.UnixFileMode & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0;
}
