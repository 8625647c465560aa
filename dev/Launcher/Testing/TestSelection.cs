namespace LeadOrchestrator.Launcher.Testing;

/// <summary>What <c>./run test NAME</c> means: everything, one project, the web's tests, or every test whose name has NAME in it.</summary>
internal sealed record TestSelection(IReadOnlyList<TestProject> Projects, bool HasWeb, string? Filter)
{
    public static TestSelection From(string? name, IReadOnlyList<TestProject> projects)
    {
        if (string.IsNullOrEmpty(name))
        {
            return new(projects, true, null);
        }

        if (name.Equals("web", StringComparison.OrdinalIgnoreCase))
        {
            return new([], true, null);
        }

        var one = projects.Where(project =>
            project.Name.Equals(name, StringComparison.OrdinalIgnoreCase) || project.Name.Equals(name + ".Tests", StringComparison.OrdinalIgnoreCase)).ToList();
        return one.Count > 0 ? new(one, false, null) : new(projects, true, name);
    }

    /// <summary>True when a browser is needed.</summary>
    public bool HasBrowser => Projects.Any(project => project.Name.StartsWith("Browser", StringComparison.Ordinal));
}
