using System.Globalization;
using System.Net.Sockets;
using LeadOrchestrator.Launcher.Demo;

namespace LeadOrchestrator.Launcher.Doctor;

/// <summary>The environment that is looked at: this shell's, or that of the demo that runs here.</summary>
/// <param name="Value">A variable, or null when it is unset or empty.</param>
internal sealed record Patient(Func<string, string?> Value, bool IsDemo)
{
    /// <summary>This shell's environment; without a DATABASE_URL in it, a demo that runs from this folder.</summary>
    /// <param name="portBase">Where the demo's ports start.</param>
    /// <param name="shell">Instead of this process's environment (tests).</param>
    public static Patient Find(Repository repository, int portBase, Func<string, string?>? shell = null)
    {
        shell ??= FromShell;
        var copy = repository.OfCopy(portBase);
        if (shell("DATABASE_URL") is null && RunningDemo(copy) is { } port)
        {
            var url = $"postgresql://lead@127.0.0.1:{port}/{DemoData.Database}?sslmode=disable";
            return new Patient(Of(DemoEnvironment.For(Ports.From(portBase), url, DemoData.Sandbox(copy), "Production")), true);
        }

        return new Patient(shell, false);
    }

    /// <summary>An environment given as a table.</summary>
    public static Func<string, string?> Of(IReadOnlyDictionary<string, string?> variables) =>
        name => variables.TryGetValue(name, out var value) && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;

    /// <summary>The address in a variable, or its default; without a slash at the end. Null when it is none.</summary>
    public Uri? Url(string name, string otherwise) =>
        Uri.TryCreate((Value(name) ?? otherwise).TrimEnd('/'), UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url : null;

    private static string? FromShell(string name) => Environment.GetEnvironmentVariable(name)?.Trim() is { Length: > 0 } value ? value : null;

    // The port stands in the fourth line of the file by which PostgreSQL keeps others off its folder.
    private static int? RunningDemo(Repository repository)
    {
        var file = Path.Combine(DemoData.Postgres(repository), "postmaster.pid");
        try
        {
            return File.Exists(file) && File.ReadAllLines(file) is { Length: > 3 } lines
                && int.TryParse(lines[3], NumberStyles.None, CultureInfo.InvariantCulture, out var port) && Answers(port) ? port : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static bool Answers(int port)
    {
        try
        {
            using var client = new TcpClient("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
