using System.Text.RegularExpressions;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Architecture.Tests;

/// <summary>A file of the repository.</summary>
/// <param name="Path">From the repository's root, with slashes: <c>src/Shared/Hosting/Health.cs</c>.</param>
internal sealed record SourceFile(string Path, string Text)
{
    private CSharpText? _parts;

    /// <summary>As C#.</summary>
    public CSharpText CSharp => _parts ??= new CSharpText(Text);

    /// <summary>The name without folders.</summary>
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>The class that a file is named after: MessageStore.Answers.cs is a part of MessageStore.</summary>
    public string ClassName => Name.Split('.')[0];

    /// <summary>Lines of code (no comment, no text) that match, as <c>path:line</c>.</summary>
    public IEnumerable<string> CodeMatches(Regex pattern) =>
        CSharp.Code.Split('\n').Select((line, index) => (line, index)).Where(at => pattern.IsMatch(at.line)).Select(at => $"{Path}:{at.index + 1}");
}

/// <summary>The files that people wrote; not what tools made of them.</summary>
internal static class SourceFiles
{
    private static readonly HashSet<string> MadeByTools = ["bin", "obj", "node_modules", "dist", ".git", ".data", "TestResults", "playwright-report", "coverage"];
    private static readonly string[] TextFiles = [".cs", ".csproj", ".props", ".targets", ".slnx", ".sql", ".md", ".ts", ".tsx", ".mjs", ".css", ".html", ".json", ".cmd", ".sh", ".yml", ".txt"];

    /// <summary>What is deployed, in C#.</summary>
    public static IReadOnlyList<SourceFile> Product { get; } = [.. In("src").Where(file => file.Name.EndsWith(".cs", StringComparison.Ordinal))];

    /// <summary>Every text file in a folder of the repository (empty = all).</summary>
    public static IEnumerable<SourceFile> In(string folder) => Under(new DirectoryInfo(Repository.Path(folder)))
        .Where(file => TextFiles.Contains(file.Extension) || file.Name is "run" or "LICENSE")
        .Select(file => new SourceFile(Relative(file.FullName), File.ReadAllText(file.FullName)));

    /// <summary>Every folder below one, from the repository's root.</summary>
    public static IEnumerable<string> Folders(string folder) =>
        new DirectoryInfo(Repository.Path(folder)) is { Exists: true } start ? Below(start).Select(found => Relative(found.FullName)) : [];

    private static IEnumerable<FileInfo> Under(DirectoryInfo folder) =>
        folder.Exists ? folder.EnumerateFiles().Concat(folder.EnumerateDirectories().Where(inner => !MadeByTools.Contains(inner.Name)).SelectMany(Under)) : [];

    private static IEnumerable<DirectoryInfo> Below(DirectoryInfo folder) =>
        folder.EnumerateDirectories().Where(inner => !MadeByTools.Contains(inner.Name)).SelectMany(inner => Below(inner).Prepend(inner));

    private static string Relative(string path) => Path.GetRelativePath(Repository.Root, path).Replace('\\', '/');
}
