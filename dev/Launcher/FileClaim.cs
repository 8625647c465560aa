using System.Diagnostics;

namespace LeadOrchestrator.Launcher;

/// <summary>A claim on something by an open file. The system takes it back when the process ends, however it ends.</summary>
internal static class FileClaim
{
    // A process that was just killed holds its files for another moment.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Claims until the result is disposed.</summary>
    /// <param name="refusal">The sentence for the person, when a living process has it.</param>
    /// <exception cref="LauncherException">A living process has it.</exception>
    public static async Task<FileStream> TakeAsync(string path, string refusal, CancellationToken cancel)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        for (var waited = Stopwatch.StartNew(); ; await Task.Delay(TimeSpan.FromMilliseconds(50), cancel))
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (waited.Elapsed < Patience)
            {
                // Perhaps it is only just ending.
            }
            catch (IOException exception)
            {
                throw new LauncherException(refusal, exception);
            }
        }
    }
}
