using System.Collections.Concurrent;
using AgentGateway.Support;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace AgentGateway.Browser.Tests.Rig;

/// <summary>One browser tab that writes down every complaint: of the content security policy, of scripts, of axe.</summary>
public sealed class Tab : IAsyncDisposable
{
    public const int LargestPage = 100 * 1024;
    private const int LargestPicture = 200 * 1024;

    private static readonly string[] Standards = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

    // The pages have no frames, so axe runs in the page itself; Deque's runner opens a second page for each result.
    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    private const string Run = """
        async (tags) => (await axe.run({ runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] })).violations
          .flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${rule.help}\n  ${node.html}\n  ${node.failureSummary}`))
        """;

    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _complaints = new();

    private Tab(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
    }

    public IPage Page { get; }

    public static async Task<Tab> OpenAsync(IBrowserContext context)
    {
        var tab = new Tab(context, await context.NewPageAsync());
        tab.Page.PageError += (_, error) => tab._complaints.Enqueue($"script: {error}");
        tab.Page.Dialog += (_, dialog) => tab._complaints.Enqueue($"dialog: {dialog.Message}");
        tab.Page.Console += (_, line) =>
        {
            // A refused page is an answer like any other; what is policed is what the page itself does.
            if (line.Type == "error" && !line.Text.StartsWith("Failed to load resource: the server responded", StringComparison.Ordinal))
            {
                tab._complaints.Enqueue($"console: {line.Text}");
            }
        };
        await context.AddInitScriptAsync("""
            addEventListener("securitypolicyviolation", (event) =>
              console.error(`csp: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
            """);
        return tab;
    }

    /// <summary>Opens a page of the site; answers its status.</summary>
    public async Task<int> GoAsync(string path) =>
        (await Page.GotoAsync(path) ?? throw new InvalidOperationException($"{path} did not load.")).Status;

    /// <summary>The page works: no script failed, the policy was not broken, axe finds nothing and it is small.</summary>
    public async Task AssertCleanAsync()
    {
        AssertQuiet();
        var size = System.Text.Encoding.UTF8.GetByteCount(await Page.ContentAsync());
        Assert.True(size <= LargestPage, $"{Page.Url} has {size} bytes, at most {LargestPage}.");

        await Page.EvaluateAsync(Axe);
        var found = await Page.EvaluateAsync<string[]>(Run, Standards);
        Assert.True(found.Length == 0, $"{Page.Url}:\n{string.Join('\n', found)}");
        // What axe itself does to a page is not the page's doing.
        _complaints.Clear();
    }

    public void AssertQuiet() => Assert.True(_complaints.IsEmpty, $"{Page.Url}:\n{string.Join('\n', _complaints)}");

    /// <summary>Nothing sticks out of the window: only tables, code and navigation scroll, each by itself.</summary>
    public async Task AssertFitsAsync()
    {
        var overflow = await Page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth");
        Assert.True(overflow <= 0, $"{Page.Url} is {overflow} pixels too wide.");
    }

    /// <summary>Keeps a picture for the documents, only when they are being renewed.</summary>
    public async Task PictureAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("UPDATE_SCREENSHOTS") != "1")
        {
            return;
        }

        var path = Repository.At("docs", "images", name + ".png");
        Directory.CreateDirectory(Repository.At("docs", "images"));
        var size = Page.ViewportSize ?? throw new InvalidOperationException("The tab has no size.");
        await Page.ScreenshotAsync(new()
        {
            Path = path,
            Clip = new() { Width = size.Width, Height = Math.Min(size.Height, 720) },
            Animations = ScreenshotAnimations.Disabled,
        });
        Assert.True(new FileInfo(path).Length <= LargestPicture, $"{path} is larger than {LargestPicture} bytes.");
    }

    /// <summary>Where the keyboard is: the focused element's accessible words.</summary>
    public Task<string> FocusAsync() => Page.EvaluateAsync<string>("""
        () => { const at = document.activeElement;
          return at.getAttribute("aria-label") ?? at.labels?.[0]?.innerText ?? at.innerText?.trim() ?? at.id; }
        """);

    public async ValueTask DisposeAsync() => await _context.CloseAsync();
}
