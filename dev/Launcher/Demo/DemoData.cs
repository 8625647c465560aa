using LeadOrchestrator.Launcher.Postgres;

namespace LeadOrchestrator.Launcher.Demo;

/// <summary>What a demo keeps under <c>.data</c>.</summary>
internal static class DemoData
{
    /// <summary>The database's name.</summary>
    public const string Database = "lead";

    public static string Postgres(Repository repository) => Path.Combine(repository.Data, "postgres");

    public static string Sandbox(Repository repository) => Path.Combine(repository.Data, "sandbox");

    /// <summary>Claims the data for this process; the system gives it back when the process ends, however it ends.</summary>
    /// <exception cref="LauncherException">Another demo has it.</exception>
    public static Task<FileStream> ClaimAsync(Repository repository, CancellationToken cancel) => FileClaim.TakeAsync(
        Path.Combine(repository.Data, "launcher.lock"),
        $"Another demo is running on {repository.Data}: stop it first, or start the second one from a copy of this folder with --port-base 4000.",
        cancel);

    /// <summary>Deletes the database and the Sandbox's memory; a server that is just ending is waited for.</summary>
    public static async Task DeleteAsync(Repository repository, CancellationToken cancel)
    {
        if (Directory.Exists(Postgres(repository)))
        {
            await new DataFolder(Postgres(repository)).WaitForOldServerAsync(cancel);
            Directory.Delete(Postgres(repository), recursive: true);
        }

        if (Directory.Exists(Sandbox(repository)))
        {
            Directory.Delete(Sandbox(repository), recursive: true);
        }
    }
}
