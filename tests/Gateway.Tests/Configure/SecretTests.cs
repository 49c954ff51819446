using System.Text.Json;
using AgentGateway.Gateway.Configure;

namespace AgentGateway.Gateway.Tests.Configure;

public sealed class SecretTests
{
    private const string Canary = "c4n4ry-7hat-must-never-be-shown-anywhere";

    [Fact]
    public void A_secret_shows_itself_in_no_text()
    {
        var secret = Secret.Of(Canary);

        Assert.DoesNotContain(Canary, $"{secret} {secret:G} {new { secret }}", StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, JsonSerializer.Serialize(new { secret }), StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => Secret.Missing.Reveal());
    }
}
