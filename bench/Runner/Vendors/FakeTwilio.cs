using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using LeadOrchestrator.Bench.Driving;

namespace LeadOrchestrator.Bench.Vendors;

/// <summary>Twilio's Messages resource with a latency that can be set, and a ledger: whom it was asked to text, and how often.</summary>
/// <remarks>Real callbacks are left out: the peer has no door for them.</remarks>
internal sealed class FakeTwilio
{
    /// <summary><c>POST ?least=0&amp;most=1000</c>: sets the latency (uniform, in milliseconds) and begins a new ledger.</summary>
    public const string ControlPath = "/bench/twilio/control";

    /// <summary>What is in the ledger, as <see cref="TwilioLedger"/>.</summary>
    public const string LedgerPath = "/bench/twilio/ledger";

    private static readonly string EmptyList = """{"messages":[],"next_page_uri":null}""";

    private (int Least, int Most) _latency;
    private Ledger _ledger = new();

    /// <summary>Sets the latency and begins a new ledger.</summary>
    /// <param name="query">Behind the question mark.</param>
    public void Control(string query)
    {
        var values = query.Split('&').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => int.Parse(pair[1], CultureInfo.InvariantCulture));
        _latency = (values["least"], values["most"]);
        _ledger = new Ledger();
    }

    /// <summary>The ledger as JSON.</summary>
    public string ReadLedger() => JsonSerializer.Serialize(_ledger.Read());

    /// <summary>Answers the list (there is nothing in it) or takes a text.</summary>
    /// <param name="isPost">A text to send.</param>
    /// <param name="form">The body, form-encoded. It is not used after the first wait.</param>
    public Task<string> AnswerAsync(bool isPost, ReadOnlySpan<byte> form) =>
        isPost ? TakeAsync(RecipientIn(Encoding.ASCII.GetString(form))) : Task.FromResult(EmptyList);

    private async Task<string> TakeAsync(string recipient)
    {
        var ledger = _ledger;
        ledger.Take(recipient);
        var (least, most) = _latency;
        if (most > 0)
        {
            await Task.Delay(Random.Shared.Next(least, most + 1));
        }

        ledger.Answer();
        return $$"""{"sid":"SM{{Guid.CreateVersion7():N}}","status":"queued","error_code":null}""";
    }

    /// <summary>Whom a form is for; by that a text sent twice is found, since each attempt's body carries a link of its own.</summary>
    public static string RecipientIn(string form) =>
        form.Split('&').FirstOrDefault(field => field.StartsWith("To=", StringComparison.Ordinal))?["To=".Length..] ?? "nobody";

    private sealed class Ledger
    {
        private readonly ConcurrentDictionary<string, int> _texts = new();
        private long _first;
        private long _last;
        private long _received;
        private long _answered;
        private long _inFlightPeak;

        public void Take(string recipient)
        {
            Interlocked.CompareExchange(ref _first, MonotonicClock.Now, 0);
            _texts.AddOrUpdate(recipient, 1, (_, count) => count + 1);
            // Two threads may pass here at once and note one too few: it is shown, and nothing is judged by it.
            _inFlightPeak = Math.Max(_inFlightPeak, Interlocked.Increment(ref _received) - Interlocked.Read(ref _answered));
        }

        public void Answer()
        {
            Interlocked.Exchange(ref _last, MonotonicClock.Now);
            Interlocked.Increment(ref _answered);
        }

        public TwilioLedger Read() => new(
            Interlocked.Read(ref _received), Interlocked.Read(ref _answered), _texts.Values.Sum(count => (long)count - 1),
            Interlocked.Read(ref _first), Interlocked.Read(ref _last), _inFlightPeak);
    }
}

/// <summary>What Twilio saw since the ledger began.</summary>
/// <param name="Received">Texts it was asked to send.</param>
/// <param name="Answered">Those it has accepted.</param>
/// <param name="Twice">Texts beyond the first to the same recipient. Anything but 0 is a broken promise.</param>
/// <param name="FirstMicros">When the first came, by <see cref="MonotonicClock"/>.</param>
/// <param name="LastMicros">When the last was answered.</param>
/// <param name="InFlightPeak">The most that were asked for and not yet answered.</param>
internal sealed record TwilioLedger(long Received, long Answered, long Twice, long FirstMicros, long LastMicros, long InFlightPeak);
