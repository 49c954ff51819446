namespace AgentGateway.Security.Tests.Wire;

/// <summary>Where a frame is going.</summary>
internal enum Toward
{
    Server,
    Client,
}

/// <summary>One message on the wire.</summary>
/// <param name="Kind">Postgres's type letter; in HTTP <c>h</c> for a head and <c>b</c> for a body.</param>
internal sealed record Frame(Toward Toward, char Kind, byte[] Bytes)
{
    /// <summary>The head of a request to Tasker.</summary>
    public bool IsRequest => Toward == Toward.Server && Kind == 'h';

    /// <summary>The head of Tasker's answer: whatever it did is committed.</summary>
    public bool IsAnswer => Toward == Toward.Client && Kind == 'h';

    /// <summary>With it a Postgres transaction of one round trip commits.</summary>
    public bool IsSync => Toward == Toward.Server && Kind == 'S';
}

/// <summary>What becomes of a frame and of its connection.</summary>
internal sealed record Fate
{
    public static readonly Fate Pass = new();

    public static readonly Fate Cut = new() { Send = false, Ends = true };

    public static readonly Fate PassThenCut = new() { Ends = true };

    /// <summary>Whoever called is cut off at once, and the frame is delivered later all the same.</summary>
    public static readonly Fate DeliverLate = new() { Delay = TimeSpan.FromMilliseconds(400), LeavesClient = true };

    public bool Send { get; private init; } = true;

    public bool Ends { get; private init; }

    public bool LeavesClient { get; private init; }

    public TimeSpan Delay { get; private init; }

    /// <summary>Sent instead of the frame.</summary>
    public byte[]? Instead { get; private init; }

    public static Fate Replace(byte[] instead) => new() { Instead = instead, Ends = true };
}

/// <summary>Sees every frame before it is passed on; a frame waits as long as this does.</summary>
internal delegate ValueTask<Fate> Watch(Frame frame);
