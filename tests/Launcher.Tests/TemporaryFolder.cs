namespace LeadOrchestrator.Launcher.Tests;

/// <summary>An empty folder inside the repository's own data, so that every account of the machine that may build it may use it.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateDirectory(
        System.IO.Path.Combine(Repository.Find().Data, "launcher-tests", System.IO.Path.GetRandomFileName())).FullName;

    public string At(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    /// <summary>Writes a file, with its folders.</summary>
    public string Write(string content, params string[] parts)
    {
        var file = At(parts);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
        return file;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
