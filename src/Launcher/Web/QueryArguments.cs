using System.Globalization;

namespace AgentGateway.Launcher.Web;

/// <summary>The query of a request, read strictly: unknown, repeated and ill-formed arguments are refused.</summary>
internal sealed class QueryArguments
{
    private const int PageSize = 50;
    private const int LargestPage = 200;

    private readonly IQueryCollection _query;

    public QueryArguments(HttpRequest request, params ReadOnlySpan<string> names)
    {
        _query = request.Query;
        foreach (var name in _query.Keys)
        {
            if (!names.Contains(name))
            {
                throw Refuse.Field(name, "is not an argument of this route");
            }
        }
    }

    public int Limit => (int)(Number("limit", LargestPage) ?? PageSize);

    /// <summary>The id the next page starts after; newest first, so everything wanted has a smaller one.</summary>
    public long Before => Number("cursor", long.MaxValue) ?? long.MaxValue;

    public string? Text(string name, int longest) => _query[name] switch
    {
        [] => null,
        [{ Length: > 0 } value] when value.Length <= longest && RequestBody.IsPlain(value) => value,
        _ => throw Refuse.Field(name, $"must be given once, with 1 to {longest} plain characters"),
    };

    public Guid? Id(string name) => Text(name, 64) is not { } text
        ? null
        : Guid.TryParseExact(text, "D", out var id) ? id : throw Refuse.Field(name, "must be an id");

    public string? OneOf(string name, params string[] words) => Text(name, 40) is not { } word
        ? null
        : words.Contains(word) ? word : throw Refuse.Field(name, $"must be one of {string.Join(", ", words)}");

    private long? Number(string name, long most) => Text(name, 20) is not { } text
        ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most
            ? number
            : throw Refuse.Field(name, $"must be a whole number from 1 to {most}");
}
