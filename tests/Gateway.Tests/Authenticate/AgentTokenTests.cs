using System.Security.Cryptography;
using System.Text.RegularExpressions;
using AgentGateway.Gateway.Authenticate;
using AgentGateway.Gateway.Configure;

namespace AgentGateway.Gateway.Tests.Authenticate;

public sealed partial class AgentTokenTests
{
    private const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    [Fact]
    public void Created_tokens_have_the_form_and_are_all_different()
    {
        var tokens = Enumerable.Range(0, 2000).Select(_ => AgentToken.Create()).ToList();

        Assert.All(tokens, token => Assert.Matches(Form(), token));
        Assert.All(tokens, token => Assert.Null(AgentToken.Fault(token)));
        Assert.Equal(tokens.Count, tokens.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void No_token_with_one_character_changed_passes_the_checksum()
    {
        var token = AgentToken.Create();
        var tried = 0;
        for (var position = 0; position < token.Length; position++)
        {
            foreach (var other in Base62.Where(character => character != token[position]))
            {
                tried++;
                Assert.NotNull(AgentToken.Fault(token[..position] + other + token[(position + 1)..]));
            }
        }

        Assert.InRange(tried, 3000, 4000);
    }

    [Fact]
    public void No_random_text_of_the_right_form_passes_the_checksum()
    {
        for (var i = 0; i < 10_000; i++)
        {
            Assert.Equal("checksum", AgentToken.Fault(AgentToken.Scheme + RandomNumberGenerator.GetString(Base62, 49)));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("ndca1_")]
    [InlineData("NDCA1_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("ndca1_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-")]
    [InlineData("ndca1_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaé")]
    [InlineData("ndca1_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void Text_of_another_form_is_refused(string text) => Assert.Equal("shape", AgentToken.Fault(text));

    [Fact]
    public void A_digest_depends_on_the_pepper_and_never_equals_the_bare_hash()
    {
        var token = AgentToken.Create();
        var bare = new TokenDigests(Secret.Missing);
        var peppered = new TokenDigests(Secret.Of("one pepper of at least 32 characters"));
        var other = new TokenDigests(Secret.Of("two pepper of at least 32 characters"));

        Assert.NotEqual(bare.Of(token), peppered.Of(token));
        Assert.NotEqual(other.Of(token), peppered.Of(token));
        Assert.Equal(peppered.Of(token), peppered.Of(token));
        Assert.NotEqual(bare.Version, peppered.Version);
    }

    [GeneratedRegex("^ndca1_[0-9A-Za-z]{49}$")]
    private static partial Regex Form();
}
