namespace LeadOrchestrator.Bench.Bed;

/// <summary>The places of this repository that the benchmarks need.</summary>
internal static class Repository
{
    /// <summary>Absolute path of the repository.</summary>
    public static string Root { get; } = Find();

    /// <summary>Joins a path of the repository, written with slashes, to its root.</summary>
    public static string At(string path) => Path.Combine([Root, .. path.Split('/')]);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "LeadOrchestrator.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new BenchException("The benchmarks belong to their repository: start them with ./run bench.");
    }
}
