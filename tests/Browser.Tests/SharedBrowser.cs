using LeadOrchestrator.Testing;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(LeadOrchestrator.Browser.Tests.SharedBrowser))]

namespace LeadOrchestrator.Browser.Tests;

/// <summary>The one Chromium of this test run: an installed one, never a downloaded one. It starts with the first test that asks for it.</summary>
public sealed class SharedBrowser : IAsyncDisposable
{
    // The first needs nothing but rights of one's own; as root Chromium refuses its sandbox. The others keep it from talking to its maker.
    private static readonly string[] Flags =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--disable-dev-shm-usage",
    ];

    private static readonly string[] Names = OperatingSystem.IsWindows()
        ? ["chrome.exe", "msedge.exe"]
        : ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    private readonly Lazy<Task<IBrowser>> _browser;
    private IPlaywright? _playwright;

    public SharedBrowser()
    {
        _browser = new(StartAsync);
        Assertions.SetDefaultExpectTimeout((float)Eventually.DefaultDeadline.TotalMilliseconds);
    }

    /// <summary>A new browser profile: a device of its own.</summary>
    public async Task<IBrowserContext> NewContextAsync(BrowserNewContextOptions options)
    {
        var context = await (await _browser.Value).NewContextAsync(options);
        context.SetDefaultTimeout((float)Eventually.DefaultDeadline.TotalMilliseconds);
        return context;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            await (await _browser.Value).DisposeAsync();
        }

        _playwright?.Dispose();
    }

    private async Task<IBrowser> StartAsync()
    {
        var path = Find() ?? throw new InvalidOperationException(
            "The browser tests need Chromium: install it (Debian: apt-get install chromium; macOS: brew install --cask chromium; Windows: winget install Google.Chrome) or set CHROMIUM_PATH to one.");
        _playwright = await Playwright.CreateAsync();
        return await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = path, Args = Flags, Headless = true });
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("CHROMIUM_PATH") is { Length: > 0 } configured)
        {
            return File.Exists(configured)
                ? configured
                : throw new InvalidOperationException($"CHROMIUM_PATH is {configured}, and no such file is there: correct it, or unset it to use an installed Chromium.");
        }

        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        string[] wellKnown =
        [
            "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome",
            "/Applications/Chromium.app/Contents/MacOS/Chromium", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
            Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "Google", "Chrome", "Application", "chrome.exe"),
        ];
        return wellKnown.Concat(Names.SelectMany(name => folders.Select(folder => Path.Combine(folder, name)))).FirstOrDefault(File.Exists);
    }
}
