namespace AgentGateway.Tasker.Adapter.Input;

/// <summary>Reads a body whole, and never more of it than is allowed.</summary>
internal static class BodyBytes
{
    private const int LargestBytes = 256 * 1024;

    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, CancellationToken cancel)
    {
        if (request.ContentLength > LargestBytes)
        {
            throw TooLarge();
        }

        using var whole = new MemoryStream();
        var part = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(part, cancel)) > 0)
        {
            whole.Write(part, 0, read);
            if (whole.Length > LargestBytes)
            {
                throw TooLarge();
            }
        }

        return whole.GetBuffer().AsMemory(0, (int)whole.Length);
    }

    private static RefusalException TooLarge() => Refuse.TooLarge($"A body has at most {LargestBytes} bytes.");
}
