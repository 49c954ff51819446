using System.Security.Cryptography;
using System.Text;
using AgentGateway.Canon.SignIn;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AgentGateway.Canon.Tests.SignIn;

/// <summary>A launch token signs in one person once, and nothing that only looks like one does.</summary>
public sealed class LaunchTokenTests
{
    private static readonly Person Olga = new("user-1", "Olga <b>", Role.Admin, "client-7");

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly Keys _launcher = Keys.Of("launcher");
    private readonly Keys _tasker = Keys.Of("tasker");

    private LaunchReader Reader => new("console", [_launcher.Trusted, _tasker.Trusted], _clock);

    private LaunchIssuer Issuer => new("launcher", _launcher.Signer, _clock);

    [Fact]
    public async Task A_token_names_the_person_it_was_issued_for()
    {
        var (person, fault) = await Reader.ReadAsync(Issuer.Issue("console", Olga));

        Assert.Equal(Olga, person);
        Assert.Equal(LaunchFault.None, fault);
    }

    [Fact]
    public async Task A_token_is_spent_by_its_first_use()
    {
        var reader = Reader;
        var token = Issuer.Issue("console", Olga);

        Assert.NotNull((await reader.ReadAsync(token)).Person);
        Assert.Equal((null, LaunchFault.Used), await reader.ReadAsync(token));
    }

    [Fact]
    public async Task A_token_used_by_many_at_once_signs_in_one()
    {
        var reader = Reader;
        var token = Issuer.Issue("console", Olga);

        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() => reader.ReadAsync(token))));

        Assert.Single(answers, answer => answer.Person is not null);
    }

    [Theory]
    [InlineData(59, LaunchFault.None)]
    [InlineData(66, LaunchFault.Expired)]
    [InlineData(86_400, LaunchFault.Expired)]
    [InlineData(-60, LaunchFault.Expired)]
    public async Task A_token_holds_for_its_minute(int secondsLater, LaunchFault expected)
    {
        var start = _clock.GetUtcNow();
        var later = new FakeTimeProvider(start.AddSeconds(secondsLater));
        var reader = new LaunchReader("console", [_launcher.Trusted], later);

        Assert.Equal(expected, (await reader.ReadAsync(Issuer.Issue("console", Olga))).Fault);
    }

    [Fact]
    public async Task A_token_for_another_application_is_refused() =>
        Assert.Equal((null, LaunchFault.Invalid), await Reader.ReadAsync(Issuer.Issue("tasker", Olga)));

    [Fact]
    public async Task One_issuer_cannot_speak_for_another()
    {
        var posing = new LaunchIssuer("launcher", _tasker.Signer, _clock);
        var stranger = new LaunchIssuer("stranger", _launcher.Signer, _clock);

        Assert.Equal(LaunchFault.Invalid, (await Reader.ReadAsync(posing.Issue("console", Olga))).Fault);
        Assert.Equal(LaunchFault.Invalid, (await Reader.ReadAsync(stranger.Issue("console", Olga))).Fault);
    }

    [Fact]
    public async Task A_wrong_key_under_a_right_name_is_refused()
    {
        var forged = Keys.Of("launcher").Signer;
        forged.KeyId = _launcher.Signer.KeyId;

        var token = new LaunchIssuer("launcher", forged, _clock).Issue("console", Olga);

        Assert.Equal(LaunchFault.Invalid, (await Reader.ReadAsync(token)).Fault);
    }

    [Fact]
    public async Task A_token_without_a_signature_is_refused()
    {
        var parts = Issuer.Issue("console", Olga).Split('.');
        var header = Base64UrlEncoder.Encode($$"""{"alg":"none","typ":"launch+jwt","kid":"{{_launcher.Signer.KeyId}}"}""");

        Assert.Equal(LaunchFault.Invalid, (await Reader.ReadAsync($"{header}.{parts[1]}.")).Fault);
        Assert.Equal(LaunchFault.Invalid, (await Reader.ReadAsync($"{parts[0]}.{parts[1]}.")).Fault);
        Assert.Equal(LaunchFault.Invalid, (await Reader.ReadAsync($"{parts[0]}.{parts[1]}")).Fault);
    }

    [Fact]
    public async Task The_public_key_is_no_secret_to_sign_with()
    {
        var @public = ((ECDsa)_launcher.Trusted.Key.ECDsa).ExportSubjectPublicKeyInfoPem();
        var secret = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(@public)) { KeyId = _launcher.Signer.KeyId };

        var token = Forge(new SigningCredentials(secret, SecurityAlgorithms.HmacSha256), LaunchIssuer.Type);

        Assert.Equal(LaunchFault.Invalid, (await Reader.ReadAsync(token)).Fault);
    }

    [Fact]
    public async Task A_signed_token_of_another_kind_is_refused()
    {
        var signer = new SigningCredentials(_launcher.Signer, SecurityAlgorithms.EcdsaSha256);

        Assert.Equal(LaunchFault.Invalid, (await Reader.ReadAsync(Forge(signer, "JWT"))).Fault);
        Assert.Equal(LaunchFault.None, (await Reader.ReadAsync(Forge(signer, LaunchIssuer.Type))).Fault);
    }

    [Theory]
    [InlineData("role", "root")]
    [InlineData("role", null)]
    [InlineData("sub", null)]
    [InlineData("sub", "")]
    [InlineData("name", null)]
    [InlineData("jti", null)]
    [InlineData("jti", "short")]
    [InlineData("exp", null)]
    public async Task A_token_that_lacks_a_word_is_refused(string claim, string? value)
    {
        var signer = new SigningCredentials(_launcher.Signer, SecurityAlgorithms.EcdsaSha256);

        Assert.Null((await Reader.ReadAsync(Forge(signer, LaunchIssuer.Type, claim, value))).Person);
    }

    [Fact]
    public async Task A_token_that_claims_to_hold_longer_is_refused()
    {
        var signer = new SigningCredentials(_launcher.Signer, SecurityAlgorithms.EcdsaSha256);
        var nextYear = _clock.GetUtcNow().AddYears(1).ToUnixTimeSeconds().ToString();

        Assert.Equal(LaunchFault.Expired, (await Reader.ReadAsync(Forge(signer, LaunchIssuer.Type, "exp", nextYear))).Fault);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a.b.c")]
    [InlineData("\0")]
    public async Task Noise_is_refused(string? token) => Assert.Equal(LaunchFault.Invalid, (await Reader.ReadAsync(token)).Fault);

    [Fact]
    public async Task A_token_with_any_letter_changed_is_refused()
    {
        var token = Issuer.Issue("console", Olga);
        var reader = Reader;

        // The last letter of a signature of 64 bytes carries four unused bits.
        for (var at = 0; at < token.Length - 1; at++)
        {
            var changed = token[..at] + (token[at] == 'A' ? 'B' : 'A') + token[(at + 1)..];
            Assert.Null((await reader.ReadAsync(changed)).Person);
        }
    }

    private string Forge(SigningCredentials signer, string type, string? claim = null, string? value = null)
    {
        var now = _clock.GetUtcNow().ToUnixTimeSeconds();
        var claims = new Dictionary<string, object>
        {
            ["iss"] = "launcher",
            ["aud"] = "console",
            ["sub"] = "user-1",
            ["name"] = "Olga",
            ["role"] = "admin",
            ["jti"] = Guid.CreateVersion7().ToString("N"),
            ["iat"] = now,
            ["nbf"] = now,
            ["exp"] = now + 60,
        };
        if (claim is not null && value is null)
        {
            claims.Remove(claim);
        }
        else if (claim is not null)
        {
            claims[claim] = long.TryParse(value, out var number) ? number : (object)(value ?? "");
        }

        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }
            .CreateToken(new SecurityTokenDescriptor { Claims = claims, TokenType = type, SigningCredentials = signer });
    }
}
