using System.Diagnostics;
using System.Runtime.InteropServices;
using LeadOrchestrator.Launcher.Processes;

namespace LeadOrchestrator.Launcher.Postgres;

/// <summary>Under which account the server runs: it refuses to run as root, and there is no switch for that.</summary>
internal enum PostgresAccount
{
    /// <summary>The one of this process; the normal case.</summary>
    Own,

    /// <summary>
    /// Root, seen by the server as user 1000 through a user namespace. The files stay root's, so it works even under /root.
    /// </summary>
    Namespace,

    /// <summary>Root gives the files to <c>nobody</c>; for machines that refuse user namespaces, such as Docker by default.</summary>
    Nobody,
}

internal static class PostgresAccounts
{
    private static readonly string[] Mapping = ["--user", "--map-user=1000", "--map-group=1000"];
    private static readonly Lazy<PostgresAccount> Usable = new(Choose);

    /// <summary>The account that works on this machine.</summary>
    public static PostgresAccount Current => Usable.Value;

    /// <summary>A command line that runs a program of PostgreSQL under this account, with its outputs redirected.</summary>
    public static ProcessStartInfo Command(this PostgresAccount account, string program, IEnumerable<string> arguments)
    {
        var start = account is PostgresAccount.Namespace
            ? new ProcessStartInfo("unshare", [.. Mapping, "--", program, .. arguments])
            : new ProcessStartInfo(program, arguments);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        if (account is PostgresAccount.Nobody)
        {
            start.UserName = "nobody";
            start.WorkingDirectory = "/";
        }

        // The person's own PGDATA or PGPORT is meant for another server.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("PG", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        return start;
    }

    /// <summary>Gives an existing folder to this account, when it is not its own already. Only root can, and only root must.</summary>
    /// <exception cref="LauncherException">The account cannot get at the folder.</exception>
    public static void TakeOver(this PostgresAccount account, string folder)
    {
        if (account is PostgresAccount.Own)
        {
            return;
        }

        var owner = account is PostgresAccount.Nobody ? "nobody" : "root";
        if (Tool.Run("chown", "-R", $"{owner}:", folder) is not { ExitCode: 0 })
        {
            throw new LauncherException($"PostgreSQL's folder {folder} cannot be given to the user {owner}: delete it, or run as a normal user.");
        }

        if (account is PostgresAccount.Nobody && !ReachableByNobody(folder))
        {
            throw new LauncherException(
                $"The user nobody, as whom PostgreSQL runs here, cannot reach {folder}: move the project out of a private folder such as /root, or run as a normal user.");
        }
    }

    private static bool ReachableByNobody(string folder)
    {
        var start = PostgresAccount.Nobody.Command("test", ["-x", folder]);
        using var process = Process.Start(start)!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    private static PostgresAccount Choose()
    {
        if (!Posix.IsRoot)
        {
            return PostgresAccount.Own;
        }

        var wanted = Environment.GetEnvironmentVariable("LEAD_PG_ACCOUNT");
        return wanted != "nobody" && RuntimeInformation.IsOSPlatform(OSPlatform.Linux) && Tool.Succeeds("unshare", [.. Mapping, "--", "true"])
            ? PostgresAccount.Namespace
            : PostgresAccount.Nobody;
    }
}
