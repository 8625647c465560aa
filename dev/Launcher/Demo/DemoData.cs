using LeadOrchestrator.Launcher.Postgres;

namespace LeadOrchestrator.Launcher.Demo;

/// <summary>What a demo keeps under <c>.data</c>, or under <c>.data/4000</c> when its ports begin there.</summary>
internal static class DemoData
{
    /// <summary>The database's name.</summary>
    public const string Database = "lead";

    public static string Postgres(Repository repository) => Path.Combine(repository.Copy, "postgres");

    public static string Sandbox(Repository repository) => Path.Combine(repository.Copy, "sandbox");

    /// <summary>Claims the data for this process; the system gives it back when the process ends, however it ends.</summary>
    /// <exception cref="LauncherException">Another demo has it.</exception>
    public static Task<FileStream> ClaimAsync(Repository repository, CancellationToken cancel) => FileClaim.TakeAsync(
        Path.Combine(repository.Copy, "launcher.lock"),
        $"Another demo is running on {repository.Copy}: stop it first, or start the second one on other ports: ./run demo --port-base 4000.",
        cancel);

    /// <summary>Claims the builds, which all copies share. One that is built anew is built under the others.</summary>
    /// <exception cref="LauncherException">Another copy is being built.</exception>
    public static Task<FileStream> ClaimBuildsAsync(Repository repository, CancellationToken cancel) => FileClaim.TakeAsync(
        Path.Combine(repository.Data, "build.lock"), "Another demo of this folder is just being built: start this one when that one is open.", cancel);

    /// <summary>Claims the sources for what builds them whenever they change: two watchers would build into each other's folders.</summary>
    /// <exception cref="LauncherException">Another one watches them.</exception>
    public static Task<FileStream> ClaimSourcesAsync(Repository repository, CancellationToken cancel) => FileClaim.TakeAsync(
        Path.Combine(repository.Data, "dev.lock"), "Another ./run dev is running on this folder: stop it first, or start the second one from a copy of the folder.", cancel);

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
