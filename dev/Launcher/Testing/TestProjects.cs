namespace LeadOrchestrator.Launcher.Testing;

/// <summary>One project of tests.</summary>
/// <param name="Name">Such as <c>Orchestrator.Tests</c>.</param>
/// <param name="Dll">Its built file, relative to the root, with slashes.</param>
internal sealed record TestProject(string Name, string Dll);

/// <summary>The test projects, by their folders: a new one needs no entry anywhere.</summary>
internal static class TestProjects
{
    public static IReadOnlyList<TestProject> Find(Repository repository) =>
        Directory.Exists(repository.At("tests"))
            ? [.. Directory.GetFiles(repository.At("tests"), "*.Tests.csproj", SearchOption.AllDirectories)
                .Select(file => Path.GetFileNameWithoutExtension(file)!)
                .Order(StringComparer.Ordinal)
                .Select(name => new TestProject(name, $"tests/{name}/bin/Release/net10.0/{name}.dll"))]
            : [];
}
