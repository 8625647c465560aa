using LeadOrchestrator.Launcher.Processes;

namespace LeadOrchestrator.Launcher.Testing;

/// <summary>A real browser for the browser tests.</summary>
internal static class Chromium
{
    /// <summary><c>CHROMIUM_PATH</c>, or one that is installed; null when there is none.</summary>
    public static string? Find()
    {
        if (Environment.GetEnvironmentVariable("CHROMIUM_PATH") is { Length: > 0 } configured)
        {
            return File.Exists(configured)
                ? configured
                : throw new LauncherException($"CHROMIUM_PATH is {configured}, and no such file is there: correct it, or unset it to use an installed Chromium.");
        }

        string[] names = OperatingSystem.IsWindows() ? ["chrome", "msedge"] : ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
        string[] wellKnown =
        [
            "/usr/bin/chromium", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium",
            Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "Google", "Chrome", "Application", "chrome.exe"),
        ];
        return names.Select(Tool.Find).Concat(wellKnown.Where(File.Exists)).FirstOrDefault(path => path is not null);
    }

    /// <summary>Installs Debian's, when we are root on a Debian. Without success there is no browser, and the browser tests say so.</summary>
    /// <returns>Its path, or null.</returns>
    public static async Task<string?> FindOrInstallAsync(Repository repository, Progress progress, CancellationToken cancel)
    {
        if (Find() is { } found)
        {
            return found;
        }

        if (!Posix.IsRoot || Tool.Find("apt-get") is null)
        {
            return null;
        }

        await progress.WhileAsync("Installing Chromium (apt-get)", InstallAsync());
        return Find();

        async Task InstallAsync()
        {
            foreach (string[] arguments in new string[][] { ["update"], ["install", "-y", "chromium"] })
            {
                await Child.RunAsync(
                    new("apt-get", "apt-get", arguments, repository.Root, repository.Log($"apt-get-{arguments[0]}"))
                    {
                        Environment = new Dictionary<string, string?> { ["DEBIAN_FRONTEND"] = "noninteractive" },
                    }, cancel);
            }
        }
    }
}
