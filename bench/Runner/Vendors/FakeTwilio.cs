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
    /// <summary><c>POST ?least=0&amp;most=1000</c>: sets the latency (uniform, in milliseconds) and begins a new ledger; with <c>&amp;keep=1</c> it keeps every text.</summary>
    public const string ControlPath = "/bench/twilio/control";

    /// <summary><c>GET ?after=0</c>: a page of the texts that were kept, in the order in which they came, as <see cref="TextAtTwilio"/>.</summary>
    public const string TextsPath = "/bench/twilio/texts";

    /// <summary>What is in the ledger, as <see cref="TwilioLedger"/>.</summary>
    public const string LedgerPath = "/bench/twilio/ledger";

    private static readonly string EmptyList = """{"messages":[],"next_page_uri":null}""";

    private (int Least, int Most) _latency;
    private const int PageSize = 5000;

    private Ledger _ledger = new(keepsTexts: false);

    /// <summary>Sets the latency and begins a new ledger.</summary>
    /// <param name="query">Behind the question mark.</param>
    public void Control(string query)
    {
        var values = query.Split('&').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => int.Parse(pair[1], CultureInfo.InvariantCulture));
        _latency = (values["least"], values["most"]);
        _ledger = new Ledger(values.GetValueOrDefault("keep") == 1);
    }

    /// <summary>The texts behind the first so many, a page of them.</summary>
    /// <param name="query">Behind the question mark.</param>
    public string ReadTexts(string query) =>
        JsonSerializer.Serialize(_ledger.Texts(int.Parse(query["after=".Length..], CultureInfo.InvariantCulture), PageSize));

    /// <summary>The ledger as JSON.</summary>
    public string ReadLedger() => JsonSerializer.Serialize(_ledger.Read());

    /// <summary>Answers the list (there is nothing in it) or takes a text.</summary>
    /// <param name="isPost">A text to send.</param>
    /// <param name="form">The body, form-encoded. It is not used after the first wait.</param>
    public Task<string> AnswerAsync(bool isPost, ReadOnlySpan<byte> form) =>
        isPost ? TakeAsync(Encoding.ASCII.GetString(form)) : Task.FromResult(EmptyList);

    private async Task<string> TakeAsync(string form)
    {
        var ledger = _ledger;
        var text = ledger.Take(form);
        var (least, most) = _latency;
        if (most > 0)
        {
            await Task.Delay(Random.Shared.Next(least, most + 1));
        }

        ledger.Answer(text);
        return $$"""{"sid":"SM{{Guid.CreateVersion7():N}}","status":"queued","error_code":null}""";
    }

    /// <summary>Whom a form is for; by that a text sent twice is found, since each attempt's body carries a link of its own.</summary>
    public static string RecipientIn(string form) =>
        form.Split('&').FirstOrDefault(field => field.StartsWith("To=", StringComparison.Ordinal))?["To=".Length..] ?? "nobody";

    private sealed class Ledger(bool keepsTexts)
    {
        private readonly Lock _lock = new();
        private readonly List<TextAtTwilio> _kept = [];
        private readonly ConcurrentDictionary<string, int> _texts = new();
        private long _first;
        private long _last;
        private long _received;
        private long _answered;
        private long _inFlightPeak;

        public TextAtTwilio? Take(string form)
        {
            var now = MonotonicClock.Now;
            Interlocked.CompareExchange(ref _first, now, 0);
            _texts.AddOrUpdate(RecipientIn(form), 1, (_, count) => count + 1);
            // Two threads may pass here at once and note one too few: it is shown, and nothing is judged by it.
            _inFlightPeak = Math.Max(_inFlightPeak, Interlocked.Increment(ref _received) - Interlocked.Read(ref _answered));
            if (!keepsTexts)
            {
                return null;
            }

            var text = new TextAtTwilio(form, now, null);
            lock (_lock)
            {
                _kept.Add(text);
            }

            return text;
        }

        public void Answer(TextAtTwilio? text)
        {
            text?.AnsweredMicros = MonotonicClock.Now;
            Interlocked.Exchange(ref _last, MonotonicClock.Now);
            Interlocked.Increment(ref _answered);
        }

        public IReadOnlyList<TextAtTwilio> Texts(int after, int most)
        {
            lock (_lock)
            {
                return [.. _kept.Skip(after).Take(most)];
            }
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

/// <summary>A text that Twilio was asked to send.</summary>
/// <param name="form">As it was sent, form-encoded.</param>
/// <param name="arrivedMicros">When it was there, by <see cref="MonotonicClock"/>.</param>
/// <param name="answeredMicros">When it was answered; null = not yet.</param>
internal sealed class TextAtTwilio(string form, long arrivedMicros, long? answeredMicros)
{
    // Only who reads the ledger wants them: the vendor stays as cheap as can be.
    private readonly Lazy<Dictionary<string, string>> _fields = new(() => form.Split('&').Select(field => field.Split('=', 2)).ToDictionary(
        field => field[0], field => Uri.UnescapeDataString(field[^1].Replace('+', ' '))));

    /// <summary>As it was sent, form-encoded.</summary>
    public string Form => form;

    /// <summary>When it was there, by <see cref="MonotonicClock"/>.</summary>
    public long ArrivedMicros => arrivedMicros;

    /// <summary>When it was answered; null = not yet.</summary>
    public long? AnsweredMicros { get; set; } = answeredMicros;

    /// <summary>A field of the form; empty when it has none of the name.</summary>
    public string this[string name] => _fields.Value.GetValueOrDefault(name, "");
}
