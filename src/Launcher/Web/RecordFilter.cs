namespace AgentGateway.Launcher.Web;

/// <summary>Which part of the records is asked for: a client's or all, about one person or everyone, before one of them.</summary>
internal sealed record RecordFilter(string? Client, Guid? User, long Before, int Limit)
{
    public RecordFilter(QueryArguments query) : this(query.Text("client", 48), query.Id("user"), query.Before, query.Limit)
    {
    }
}
