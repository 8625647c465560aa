namespace LeadOrchestrator.Testing;

/// <summary>Where the repository is on this machine.</summary>
public static class Repository
{
    /// <summary>The folder of <c>LeadOrchestrator.slnx</c>, found by walking up from the test's own folder.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A file or folder of the repository, for example <c>Path("docs", "DATABASE.md")</c>.</summary>
    public static string Path(params string[] parts) => System.IO.Path.Combine([Root, .. parts]);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "LeadOrchestrator.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("LeadOrchestrator.slnx is in no folder above the tests");
    }
}
