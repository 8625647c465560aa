using System.Runtime.InteropServices;

namespace LeadOrchestrator.Launcher.Processes;

/// <summary>The two calls of the C library that .NET does not offer. Not for Windows.</summary>
internal static partial class Posix
{
    /// <summary>True on Linux and macOS when this process runs as root; always false on Windows.</summary>
    public static bool IsRoot => !OperatingSystem.IsWindows() && GetEffectiveUserId() == 0;

    /// <summary>Sends a signal to a process, or to a whole process group when the id is negative.</summary>
    /// <returns>False when no such process is left (or it is not ours).</returns>
    public static bool Send(int processId, Signal signal) => Kill(processId, (int)signal) == 0;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUserId();
}

/// <summary>Signals by their numbers, which Linux and macOS share.</summary>
internal enum Signal
{
    /// <summary>Sends nothing, and tells whether there is somebody to send to.</summary>
    None = 0,

    /// <summary>PostgreSQL: fast shutdown. .NET: graceful shutdown.</summary>
    Interrupt = 2,

    /// <summary>PostgreSQL: immediate shutdown, as after a crash of the machine.</summary>
    Quit = 3,

    /// <summary>Ends at once, without a chance to tidy up.</summary>
    Kill = 9,

    /// <summary>Asks for a graceful end.</summary>
    Terminate = 15,
}
