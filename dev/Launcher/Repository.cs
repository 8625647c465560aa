namespace LeadOrchestrator.Launcher;

/// <summary>The places of this repository that the commands know.</summary>
/// <param name="Root">Absolute path of the repository.</param>
internal sealed record Repository(string Root)
{
    /// <summary>All that running it leaves behind; safe to delete while nothing runs.</summary>
    public string Data => Path.Combine(Root, ".data");

    /// <summary>What one running copy keeps: the database, the vendors' memory, its logs.</summary>
    public string Copy { get; private init; } = Path.Combine(Root, ".data");

    /// <summary>One file per child.</summary>
    public string Logs => Path.Combine(Copy, "logs");

    /// <summary>The same sources and builds, with a copy of its own for each port base.</summary>
    public Repository OfCopy(int portBase) => portBase == Ports.DefaultBase ? this : this with { Copy = Path.Combine(Data, $"{portBase}") };

    /// <summary>Finds the repository from the place of this program, whatever the current folder is.</summary>
    /// <exception cref="LauncherException">The program was moved out of the repository.</exception>
    public static Repository Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "dev", "Launcher", "Launcher.csproj")))
            {
                return new Repository(folder.FullName);
            }
        }

        throw new LauncherException("The launcher belongs to its repository: start it with ./run.");
    }

    /// <summary>Joins a path of the repository, written with slashes, to its root.</summary>
    public string At(string path) => Path.Combine([Root, .. path.Split('/')]);

    /// <summary>The log file of one child.</summary>
    public string Log(string name) => Path.Combine(Logs, name + ".log");
}
