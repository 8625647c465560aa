using System.Diagnostics;
using System.Globalization;
using LeadOrchestrator.Launcher.Processes;

namespace LeadOrchestrator.Launcher.Postgres;

/// <summary>The folder of one cluster: making it, and making sure that nobody else serves it.</summary>
internal sealed class DataFolder(string path)
{
    private static readonly TimeSpan OldServerPatience = TimeSpan.FromSeconds(30);

    /// <summary>Absolute path, without a separator at its end.</summary>
    public string Path { get; } = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));

    /// <summary>The PostgreSQL version that made the data; null when there is none yet.</summary>
    public int? Major
    {
        get
        {
            var file = System.IO.Path.Combine(Path, "PG_VERSION");
            return File.Exists(file) ? int.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture) : null;
        }
    }

    /// <summary>Claims the folder for this process until the result is disposed; the system gives it back when the process ends, however it ends.</summary>
    /// <exception cref="LauncherException">A living process has it.</exception>
    public Task<FileStream> ClaimAsync(CancellationToken cancel) =>
        FileClaim.TakeAsync(Path + ".lock", $"Another program is running PostgreSQL on {Path}: stop it first.", cancel);

    /// <summary>Makes the cluster beside its place and moves it there when it is whole, so that an interrupted start leaves no half of one.</summary>
    public async Task InitializeAsync(PostgresBinaries binaries, PostgresAccount account, bool durable, CancellationToken cancel)
    {
        var making = Path + ".new";
        DeleteIfThere(making);
        DeleteIfThere(Path);
        Directory.CreateDirectory(making);
        account.TakeOver(making);

        List<string> arguments = ["-D", making, "-U", "lead", "-A", "trust", "--locale=C", "-E", "UTF8"];
        if (!durable)
        {
            arguments.Add("--no-sync");
        }

        using var initdb = await ParentBound.StartAsync(account.Command(binaries.Program("initdb"), arguments), Signal.Terminate);
        var output = initdb.StandardOutput.ReadToEndAsync(cancel);
        var errors = await initdb.StandardError.ReadToEndAsync(cancel);
        await output;
        await initdb.WaitForExitAsync(cancel);
        if (initdb.ExitCode != 0)
        {
            throw new LauncherException($"PostgreSQL could not make its data folder {Path}: {errors.Trim().ReplaceLineEndings(" ")}");
        }

        Directory.Move(making, Path);
    }

    /// <summary>
    /// Waits while an old server of this folder is still shutting down, and asks it to if need be: whoever has the claim knows
    /// that it has no owner. A lock file without a living server is removed: process ids come again, in a container even at once.
    /// </summary>
    /// <exception cref="LauncherException">The old server does not end.</exception>
    public async Task WaitForOldServerAsync(CancellationToken cancel)
    {
        var waited = Stopwatch.StartNew();
        while (OldServer() is { } id)
        {
            if (waited.Elapsed > OldServerPatience)
            {
                throw new LauncherException($"Another PostgreSQL (process {id}) uses {Path}: stop it, then start again.");
            }

            if (waited.Elapsed > TimeSpan.FromSeconds(3) && !OperatingSystem.IsWindows())
            {
                Posix.Send(id, Signal.Interrupt);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), cancel);
        }

        File.Delete(LockFile);
    }

    private string LockFile => System.IO.Path.Combine(Path, "postmaster.pid");

    private int? OldServer()
    {
        try
        {
            return File.Exists(LockFile)
                && int.TryParse(File.ReadLines(LockFile).FirstOrDefault(), CultureInfo.InvariantCulture, out var id)
                && ServesThisFolder(id) ? id : null;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null; // It has just removed its lock.
        }
    }

    private bool ServesThisFolder(int id)
    {
        if (OperatingSystem.IsLinux())
        {
            // Empty for a process that has ended and was not collected yet.
            var commandLine = $"/proc/{id}/cmdline";
            return File.Exists(commandLine) && Arguments(commandLine).Contains(Path);
        }

        try
        {
            using var process = Process.GetProcessById(id);
            return process.ProcessName.Contains("postgres", StringComparison.OrdinalIgnoreCase);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static string[] Arguments(string commandLine)
    {
        try
        {
            return File.ReadAllText(commandLine).Split('\0');
        }
        catch (IOException)
        {
            return []; // It ended while we looked.
        }
    }

    private static void DeleteIfThere(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
