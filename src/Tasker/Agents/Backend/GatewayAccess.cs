namespace AgentGateway.Tasker.Agents.Backend;

/// <summary>How Tasker's backend reaches the gateway; the token never leaves this process but towards it.</summary>
internal sealed record GatewayAccess
{
    private string? _last;

    public Uri? Url { get; init; }

    public string? Token { get; init; }

    /// <summary>Where the token came from; read again at each request. Null: it holds until Tasker ends.</summary>
    public string? TokenFile { get; init; }

    public Uri? PublicUrl { get; init; }

    /// <summary>The settings that the pages need and do not have.</summary>
    public IReadOnlyList<string> Missing =>
    [
        .. Url is null ? ["TASKER_GATEWAY_URL"] : Array.Empty<string>(),
        .. Token is null ? ["TASKER_GATEWAY_TOKEN"] : Array.Empty<string>(),
        .. PublicUrl is null ? ["TASKER_GATEWAY_PUBLIC_URL"] : Array.Empty<string>(),
    ];

    // A record prints its members; this one must not.
    public override string ToString() => nameof(GatewayAccess);

    /// <summary>The token of this moment; a file that cannot be read leaves the last one standing.</summary>
    public string CurrentToken()
    {
        try
        {
            var text = TokenFile is null ? "" : File.ReadAllText(TokenFile).Split(',')[0].Trim();
            _last = text.Length > 0 ? text : _last;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            // A file is being replaced: what it said before holds.
        }

        return _last ?? Token ?? "";
    }
}
