using System.Runtime.InteropServices;

namespace LeadOrchestrator.Launcher;

/// <summary>Ctrl-C, SIGTERM and a closed terminal, as one cancellation. A second Ctrl-C ends the program at once.</summary>
internal sealed class StopRequest : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations = [];

    public StopRequest()
    {
        foreach (var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT })
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = !_source.IsCancellationRequested || signal is not PosixSignal.SIGINT;
                _source.Cancel();
            }));
        }
    }

    /// <summary>Cancelled when somebody wants the program to end.</summary>
    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _source.Dispose();
    }
}
