using LeadOrchestrator.Launcher.Processes;
using LeadOrchestrator.Launcher.Testing;

namespace LeadOrchestrator.Launcher.Building;

/// <summary>Installs and builds what a command needs, and only when something has changed since.</summary>
internal sealed class Builder(Repository repository, Progress progress)
{
    private static readonly Dictionary<string, string?> Quiet = new()
    {
        ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
        ["DOTNET_NOLOGO"] = "1",
        // Build servers would stay behind when we are gone.
        ["MSBUILDDISABLENODEREUSE"] = "1",
        ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0",
    };

    // One compiler for all projects takes less than half the time of one for each (measured). It is ours alone, and ends with the build's group of processes; Windows has none, and it would stay behind.
    private static readonly string[] OneCompiler = OperatingSystem.IsWindows()
        ? ["-p:UseSharedCompilation=false"]
        : ["-p:UseSharedCompilation=true", $"-p:SharedCompilationId=lead-{Guid.CreateVersion7():N}"];

    // A fifth of the time of a first build (measured). Who has just cloned the repository has changed nothing; whatever is compiled again later is looked at.
    private const string WithoutAnalyzers = "-p:RunAnalyzers=false";

    private static readonly string[] BuildFiles =
        ["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "global.json", ".editorconfig", "BannedSymbols.txt", "nuget.config"];

    /// <summary>What <c>./run demo</c> starts, in one build.</summary>
    public Task BuildServicesAsync(CancellationToken cancel) => BuildDotnetAsync(
        "Building the services", "dev/Demo.slnx",
        new Fingerprint(repository, "services", [.. BuildFiles, "src", "dev/Sandbox"], [.. ServiceDlls.All]), cancel, more: IsNew ? [WithoutAnalyzers] : []);

    /// <summary>The same in Debug, which hot reload needs; <c>dotnet watch</c> then finds everything built.</summary>
    public Task BuildForDevelopmentAsync(CancellationToken cancel) =>
        BuildDotnetAsync("Building the services for development", "dev/Demo.slnx", null, cancel, "Debug");

    /// <summary>Everything with C# in it, tests too.</summary>
    public Task BuildAllAsync(CancellationToken cancel) => BuildDotnetAsync(
        "Building everything", "LeadOrchestrator.slnx",
        new Fingerprint(repository, "all", [.. BuildFiles, "LeadOrchestrator.slnx", "src", "dev", "tests", "bench"], [.. ServiceDlls.All, .. TestDlls()]), cancel);

    /// <summary>One project of tests, and the services that it may start.</summary>
    public async Task BuildPartAsync(TestProject project, CancellationToken cancel)
    {
        await BuildServicesAsync(cancel);
        await BuildProjectAsync($"Building {project.Name}", $"tests/{project.Name}/{project.Name}.csproj", cancel);
    }

    /// <summary>One project that few need, such as the benchmarks.</summary>
    public Task BuildProjectAsync(string doing, string project, CancellationToken cancel) => BuildDotnetAsync(doing, project, null, cancel);

    /// <summary>The npm packages, as package-lock.json has them.</summary>
    public async Task InstallPackagesAsync(CancellationToken cancel)
    {
        var lockFile = repository.At("package-lock.json");
        var installed = repository.At("node_modules/.package-lock.json");
        if (!File.Exists(lockFile))
        {
            throw new LauncherException("package-lock.json is missing: get it back from version control.");
        }

        var fingerprint = new Fingerprint(repository, "packages", ["package-lock.json"], ["node_modules/.package-lock.json"]);
        var current = fingerprint.Current();
        if (fingerprint.IsCurrent(current) || (File.Exists(installed) && File.GetLastWriteTimeUtc(installed) > File.GetLastWriteTimeUtc(lockFile)))
        {
            return;
        }

        // --ignore-scripts: none of the packages needs its install script, and none shall run one.
        var command = Npm("npm-install", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"]);
        await RunAsync("Installing the npm packages", command, "npm ci failed: is the npm registry reachable?", cancel);
        fingerprint.Keep(current);
    }

    /// <summary>The chat page, into web/chat/dist. The packages must be installed.</summary>
    public async Task BuildWebAsync(CancellationToken cancel)
    {
        var fingerprint = new Fingerprint(repository, "web", ["package-lock.json", "web"], ["web/chat/dist/index.html"]);
        var current = fingerprint.Current();
        if (!fingerprint.IsCurrent(current))
        {
            await RunAsync("Building the chat page", Npm("web-build", ["run", "build", "-w", "web/chat"]), "The chat page does not build.", cancel);
            fingerprint.Keep(current);
        }
    }

    private bool IsNew => !ServiceDlls.All.Any(dll => File.Exists(repository.At(dll)));

    private async Task BuildDotnetAsync(string doing, string target, Fingerprint? fingerprint, CancellationToken cancel, string configuration = "Release", string[]? more = null)
    {
        var current = fingerprint?.Current();
        if (current is not null && fingerprint!.IsCurrent(current))
        {
            return;
        }

        // SkipChatPage: the Orchestrator's project would build the page too, at the same time as we do.
        var command = new ChildCommand(
            "dotnet-build", "dotnet", ["build", target, "-c", configuration, "--nologo", "-v", "quiet", "-nodeReuse:false", .. OneCompiler, "-p:SkipChatPage=true", .. more ?? []],
            repository.Root, repository.Log("dotnet-build")) { Environment = Quiet };
        await RunAsync(doing, command, "The build failed.", cancel);
        fingerprint?.Keep(current!);
    }

    private async Task RunAsync(string doing, ChildCommand command, string failed, CancellationToken cancel)
    {
        var run = Child.RunAsync(command, cancel);
        await progress.WhileAsync(doing, CheckedAsync(run));

        async Task CheckedAsync(Task<(int ExitCode, OutputLog Log)> running)
        {
            var (exitCode, log) = await running;
            if (exitCode != 0)
            {
                var errors = log.LastLines.Where(line => line.Contains(": error ", StringComparison.Ordinal) || line.Contains("npm error", StringComparison.Ordinal)).Distinct().ToList();
                var shown = errors.Count > 0 ? errors.Take(15) : log.LastLines.TakeLast(15);
                throw new LauncherException($"{string.Join(Environment.NewLine, shown)}{Environment.NewLine}{failed} The whole output is in {log.Path}.");
            }
        }
    }

    private ChildCommand Npm(string name, string[] arguments) => new(name, "npm", arguments, repository.Root, repository.Log(name));

    private IEnumerable<string> TestDlls() => TestProjects.Find(repository).Select(project => project.Dll);
}

/// <summary>What is started, by its built file.</summary>
internal static class ServiceDlls
{
    public const string Orchestrator = "src/Orchestrator/bin/Release/net10.0/Orchestrator.dll";
    public const string ChatApi = "src/ChatApi/bin/Release/net10.0/ChatApi.dll";
    public const string Sandbox = "dev/Sandbox/bin/Release/net10.0/Sandbox.dll";

    public static readonly string[] All = [Orchestrator, ChatApi, Sandbox];
}
