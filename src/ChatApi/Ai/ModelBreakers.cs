using System.Collections.Concurrent;

namespace LeadOrchestrator.ChatApi.Ai;

/// <summary>Which providers fail at this moment, as this process has seen it: they are asked last, and never not at all.</summary>
/// <remarks>
/// A provider is out when half of at least twenty calls of a minute have failed, or two in a row have kept a customer waiting in vain: a refusal costs milliseconds, a silence all of a
/// customer's patience. A minute later one call may try it in its usual place, and the next one a minute after that; a call that succeeds, that one or another, brings it back.
/// The time is the machine's. A library's breaker forbids a call; here somebody has to be asked.
/// </remarks>
public sealed partial class ModelBreakers(TimeProvider clock, ILogger<ModelBreakers> logger)
{
    private readonly ConcurrentDictionary<string, ModelBreaker> _breakers = [];

    /// <summary>The models in their order, with those of providers that are out behind the others.</summary>
    public IReadOnlyList<Assistant> OpenLast(IReadOnlyList<Assistant> models)
    {
        ArgumentNullException.ThrowIfNull(models);
        var isOpen = models.Select(assistant => assistant.Model.Provider).Distinct().ToDictionary(provider => provider, provider => Of(provider).IsOpen());
        return [.. models.OrderBy(assistant => isOpen[assistant.Model.Provider])];
    }

    /// <summary>A call has ended.</summary>
    /// <param name="outcome">As the ledger names it.</param>
    public void Ended(string provider, string outcome)
    {
        var isOut = outcome switch
        {
            "timeout" or "error" or "cut" or "unfinished" or "unreachable" => true,
            "stop" or "length" or "content_filter" or "tool_calls" or "guarded" => false,
            // What is wrong with one request says nothing of the next one.
            "status_400" or "status_413" or "status_422" => (bool?)null,
            _ when outcome.StartsWith("status_", StringComparison.Ordinal) => true,
            _ => null,
        };
        if (isOut is not { } failed)
        {
            return;
        }

        switch (Of(provider).Ended(failed, outcome == "timeout"))
        {
            case true:
                Opened(logger, provider, outcome);
                break;
            case false:
                Closed(logger, provider);
                break;
        }
    }

    private ModelBreaker Of(string provider) => _breakers.GetOrAdd(provider, _ => new ModelBreaker(clock));

    [LoggerMessage(5034, LogLevel.Warning, "{Provider} fails (the last call ended with {Outcome}): it is asked last for a minute, then tried again")]
    private static partial void Opened(ILogger logger, string provider, string outcome);

    [LoggerMessage(5035, LogLevel.Information, "{Provider} answers again and is asked in its place")]
    private static partial void Closed(ILogger logger, string provider);
}

/// <summary>The breaker of one provider.</summary>
internal sealed class ModelBreaker(TimeProvider clock)
{
    private const int LeastCalls = 20;
    private const int SilencesInARow = 2;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Queue<(long At, bool Failed)> _calls = new();
    private long? _openedAt;
    private int _failed;
    private int _silences;

    /// <summary>Is it out? The first one who asks after the pause hears no, and tries it.</summary>
    public bool IsOpen()
    {
        lock (_lock)
        {
            if (_openedAt is not { } opened)
            {
                return false;
            }

            if (clock.GetElapsedTime(opened) < Pause)
            {
                return true;
            }

            _openedAt = clock.GetTimestamp();
            return false;
        }
    }

    /// <summary>A call has ended.</summary>
    /// <param name="isSilence">It has failed by saying nothing.</param>
    /// <returns>True: it is out since now. False: it is back since now. Null: it is as it was.</returns>
    public bool? Ended(bool failed, bool isSilence)
    {
        lock (_lock)
        {
            if (!failed && _openedAt is not null)
            {
                (_openedAt, _failed, _silences) = (null, 0, 0);
                _calls.Clear();
                return false;
            }

            Count(failed);
            _silences = isSilence ? _silences + 1 : failed ? _silences : 0;
            if (failed && _openedAt is null && (_silences >= SilencesInARow || (_calls.Count >= LeastCalls && _failed * 2 >= _calls.Count)))
            {
                _openedAt = clock.GetTimestamp();
                return true;
            }

            return null;
        }
    }

    private void Count(bool failed)
    {
        _calls.Enqueue((clock.GetTimestamp(), failed));
        _failed += failed ? 1 : 0;
        while (clock.GetElapsedTime(_calls.Peek().At) >= Window)
        {
            _failed -= _calls.Dequeue().Failed ? 1 : 0;
        }
    }
}
