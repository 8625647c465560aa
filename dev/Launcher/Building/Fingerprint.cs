using System.Security.Cryptography;
using System.Text;

namespace LeadOrchestrator.Launcher.Building;

/// <summary>
/// Remembers from which sources something was built, by their content: times change with every checkout, and a deleted file has none.
/// </summary>
internal sealed class Fingerprint(Repository repository, string name, string[] inputs, string[] outputs)
{
    private static readonly HashSet<string> Made = ["bin", "obj", "node_modules", "dist", ".data", "TestResults"];

    private readonly string _file = Path.Combine(repository.Data, "stamps", name);

    /// <summary>The sources as they are now.</summary>
    public string Current()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in inputs.SelectMany(Files).Order(StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(Path.GetRelativePath(repository.Root, file)));
            hash.AppendData(SHA256.HashData(File.ReadAllBytes(file)));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>True when the outputs are there and were made from these sources.</summary>
    public bool IsCurrent(string current) =>
        File.Exists(_file) && File.ReadAllText(_file) == current && outputs.All(output => Path.Exists(repository.At(output)));

    /// <summary>To be called after a successful build, with the sources as they were before it.</summary>
    public void Keep(string builtFrom)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_file)!);
        File.WriteAllText(_file, builtFrom);
    }

    private IEnumerable<string> Files(string input)
    {
        var path = repository.At(input);
        return File.Exists(path) ? [path] : Directory.Exists(path) ? FilesBelow(path) : [];
    }

    private static IEnumerable<string> FilesBelow(string folder) =>
        Directory.EnumerateFiles(folder).Concat(
            Directory.EnumerateDirectories(folder).Where(child => !Made.Contains(Path.GetFileName(child))).SelectMany(FilesBelow));
}
