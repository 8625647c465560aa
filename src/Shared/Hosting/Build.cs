using System.Reflection;
using System.Runtime.InteropServices;

namespace LeadOrchestrator.Shared.Hosting;

/// <summary>Which build this process runs.</summary>
public static class Build
{
    private static readonly string[] Informational =
        (Assembly.GetEntryAssembly()?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown").Split('+');

    /// <summary>The release, such as <c>0.1.0</c>.</summary>
    public static string Version => Informational[0];

    /// <summary>The commit it was built from, or null when the build did not know.</summary>
    public static string? Commit => Informational.Length > 1 ? Informational[1] : null;

    /// <summary>The runtime, such as <c>.NET 10.0.12</c>.</summary>
    public static string Runtime => RuntimeInformation.FrameworkDescription;
}
