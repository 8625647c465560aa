namespace LeadOrchestrator.Launcher;

/// <summary>
/// Something the person at the keyboard can mend. The message is one clear sentence (with the mend) and is all that is printed.
/// </summary>
public sealed class LauncherException(string message, Exception? inner = null) : Exception(message, inner);
