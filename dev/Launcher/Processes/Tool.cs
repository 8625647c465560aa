using System.ComponentModel;
using System.Diagnostics;

namespace LeadOrchestrator.Launcher.Processes;

/// <summary>Short-lived programs whose answer is wanted: a version, a yes or no.</summary>
internal static class Tool
{
    /// <summary>Finds a program in PATH; null when it is not there.</summary>
    public static string? Find(string name)
    {
        string[] endings = OperatingSystem.IsWindows() ? [".exe", ".cmd", ".bat"] : [""];
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return folders
            .SelectMany(folder => endings.Select(ending => Path.Combine(folder, name + ending)))
            .FirstOrDefault(File.Exists);
    }

    /// <summary>True when the program is there and ends with 0. What it prints is dropped.</summary>
    public static bool Succeeds(string program, params string[] arguments) => Run(program, arguments) is { ExitCode: 0 };

    /// <summary>Runs a program to its end.</summary>
    /// <returns>Exit code and both outputs; null when there is no such program.</returns>
    public static (int ExitCode, string Output)? Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output + errors.GetAwaiter().GetResult());
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
