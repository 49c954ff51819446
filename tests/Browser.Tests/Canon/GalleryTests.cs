using AgentGateway.Browser.Tests.Rig;

namespace AgentGateway.Browser.Tests.Canon;

/// <summary>Every shared part in a real browser: both themes, by keyboard, without a script, without a complaint.</summary>
[Collection(InChromium.Name)]
public sealed class GalleryTests(Chromium chromium)
{
    [Theory]
    [InlineData(false, 1280)]
    [InlineData(true, 1280)]
    [InlineData(false, 390)]
    [InlineData(true, 390)]
    public async Task The_gallery_is_clean(bool isDark, int width)
    {
        await using var site = await GallerySite.StartAsync();
        await using var tab = await site.EnterAsync(chromium, isDark, width);

        await tab.AssertCleanAsync();

        var overflow = await tab.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth");
        Assert.True(overflow <= 0, $"The page is {overflow} pixels too wide.");
        await tab.PictureAsync($"gallery-{(isDark ? "dark" : "light")}-{width}", isWhole: true);
    }
}
