using AgentGateway.Tasker.Adapter;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentGateway.Tasker.Tests.Adapter.Rules;

public sealed class TokenFileTests : IDisposable
{
    private const string Old = "old-token-of-the-gateway-4e1c77b0-aa31";
    private const string Fresh = "fresh-token-of-the-gateway-90ab1f-11c";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("agw-tasker-tokens-");
    private readonly InternalTokens _tokens = new(
        new TaskerSettings
        {
            Urls = "http://127.0.0.1:0",
            Database = "",
            InternalTokens = [Old],
            RawApiKey = "",
            PublicUrl = new Uri("https://tasker.example"),
        },
        NullLogger<InternalTokens>.Instance);

    private string Path => System.IO.Path.Combine(_folder.FullName, "tokens");

    [Fact]
    public void A_new_content_counts_at_the_second_look()
    {
        Look($"{Fresh},{Old}", times: 1);
        Assert.False(Knows(Fresh));

        Look($"{Fresh},{Old}", times: 1);
        Assert.True(Knows(Fresh) && Knows(Old));

        Look(Fresh + "\n", times: 2);
        Assert.True(Knows(Fresh));
        Assert.False(Knows(Old));
    }

    [Theory]
    [InlineData("short")]
    [InlineData("")]
    [InlineData(Fresh + ",")]
    [InlineData(Fresh + "," + Old + ",third-token-of-the-gateway-77e-4410-aa")]
    public void A_bad_content_leaves_the_old_one_valid(string content)
    {
        Look(content, times: 3);

        Assert.True(Knows(Old));
        Assert.False(Knows(Fresh));
        Assert.False(Knows(""));
    }

    public void Dispose()
    {
        _tokens.Dispose();
        _folder.Delete(recursive: true);
    }

    private void Look(string content, int times)
    {
        File.WriteAllText(Path, content);
        for (var i = 0; i < times; i++)
        {
            _tokens.Look(Path);
        }
    }

    private bool Knows(string token)
    {
        var http = new DefaultHttpContext();
        http.Request.Headers.Authorization = "Bearer " + token;
        return _tokens.Knows(http.Request);
    }
}
