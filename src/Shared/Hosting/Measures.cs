using System.Diagnostics.Metrics;

namespace LeadOrchestrator.Shared.Hosting;

/// <summary>Everything that is counted and timed where it happens. Names, units and what to do about each are in docs/OPERATIONS.md; a test compares.</summary>
/// <remarks>
/// Tags are words from short lists: no id, no person, no tenant. Without an exporter nobody listens, and a measurement costs a few nanoseconds.
/// The figures that only the database knows (depths, ages) are in <see cref="Gauges"/>.
/// </remarks>
public static class Measures
{
    /// <summary>The one meter of the system.</summary>
    public static readonly Meter Meter = new(ServiceHost.Activities.Name);

    // Milliseconds matter for a first token and seconds for a vendor that hangs: one set of buckets for both.
    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30],
    };

    private static readonly Counter<long> Accepted = Meter.CreateCounter<long>("lead.webhooks.accepted", "{delivery}", "Webhook deliveries kept, or known before");
    private static readonly Counter<long> Refused = Meter.CreateCounter<long>("lead.webhooks.refused", "{delivery}", "Webhook deliveries turned away, by cause");
    private static readonly Counter<long> NotStored = Meter.CreateCounter<long>("lead.webhooks.not_stored", "{delivery}", "Webhook deliveries answered 503 because they could not be stored");
    private static readonly Counter<long> Inbox = Meter.CreateCounter<long>("lead.inbox.processed", "{event}", "Rounds of work on an event of the inbox, by how they ended");
    private static readonly Counter<long> Leads = Meter.CreateCounter<long>("lead.leads.created", "{lead}", "Leads that came in");
    private static readonly Counter<long> Texts = Meter.CreateCounter<long>("lead.texts", "{text}", "Touch points worked on, by how that ended and why");
    private static readonly Counter<long> Settled = Meter.CreateCounter<long>("lead.texts.settled", "{text}", "Unknown texts of which we learned what became of them, by what it was");
    private static readonly Counter<long> Arrivals = Meter.CreateCounter<long>("lead.texts.arrived", "{text}", "Texts of which the carrier told what became of them: delivered, or failed and why");
    private static readonly Counter<long> OptOuts = Meter.CreateCounter<long>("lead.opt_outs", "{person}", "People who said stop, by where they said it");
    private static readonly Counter<long> Polls = Meter.CreateCounter<long>("lead.poll.runs", "{run}", "Polls, sweeps and comparisons of a tenant's CRM, by how they ended");
    private static readonly Counter<long> PolledFirst = Meter.CreateCounter<long>("lead.poll.found", "{event}", "Changes in the CRM that a poll, sweep or comparison found before a webhook told");
    private static readonly Histogram<double> Requests =
        Meter.CreateHistogram("lead.vendor.request.duration", "s", "Requests to a vendor until its answer began, by how they ended", advice: Seconds);

    private static readonly Histogram<double> FirstTokens =
        Meter.CreateHistogram("lead.answer.first_token", "s", "From the question to the first word of its answer", advice: Seconds);

    private static readonly Counter<long> Answers = Meter.CreateCounter<long>("lead.answers", "{answer}", "Answers of the assistant, by how they ended");
    private static readonly Counter<long> Calls = Meter.CreateCounter<long>("lead.ai.calls", "{call}", "Calls of a model, by how they ended; all but the last of an answer are failovers");
    private static readonly Counter<long> Spend = Meter.CreateCounter<long>("lead.ai.spend", "{micro_usd}", "Money booked for models, in millionths of a US dollar");

    /// <summary>A delivery is durable, or was before.</summary>
    public static void WebhookAccepted(string vendor, bool isNew) => Accepted.Add(1, new("vendor", vendor), new("outcome", isNew ? "new" : "duplicate"));

    /// <summary>A delivery was turned away; <paramref name="cause"/> is a word of a short list.</summary>
    public static void WebhookRefused(string cause) => Refused.Add(1, new KeyValuePair<string, object?>("cause", cause));

    /// <summary>A good delivery could not be stored.</summary>
    public static void WebhookNotStored() => NotStored.Add(1);

    /// <summary>One round of work on an event: done, ignored, set_back, dead.</summary>
    /// <param name="reason">Why it was set back or died; else an empty word.</param>
    public static void InboxProcessed(string outcome, string reason = "") => Inbox.Add(1, new("outcome", outcome), new("reason", reason));

    /// <summary>A lead came in.</summary>
    public static void LeadCreated(string source) => Leads.Add(1, new KeyValuePair<string, object?>("source", source));

    /// <summary>A touch point was worked on: sent, refused, not_sent, unknown, waiting, or the state in which it was ended.</summary>
    /// <param name="channel">sms or email; an empty word for those that nobody worked on before it was too late.</param>
    public static void Text(string outcome, string reason = "", string channel = "sms") => Texts.Add(1, new("outcome", outcome), new("reason", reason), new("channel", channel));

    /// <summary>An unknown text is known now: sent, delivered, failed, or needs_review; twice: it went out beside another attempt.</summary>
    public static void TextSettled(string outcome) => Settled.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    /// <summary>The carrier told of a text: sent, delivered or failed.</summary>
    /// <param name="reason">The vendor's code of a failure; else an empty word.</param>
    public static void TextArrived(string outcome, string reason) => Arrivals.Add(1, new("outcome", outcome), new("reason", reason));

    /// <summary>Somebody said stop: sms, chat, email, vendor, console, api, import.</summary>
    public static void OptedOut(string channel) => OptOuts.Add(1, new KeyValuePair<string, object?>("channel", channel));

    /// <summary>A poll, sweep or comparison ended.</summary>
    /// <param name="reason">Null = it reached its end; else one word of a short list.</param>
    public static void PollRun(string job, string? reason) => Polls.Add(1, new("job", job), new("outcome", reason is null ? "succeeded" : "failed"), new("reason", reason ?? ""));

    /// <summary>So many changes were found before a webhook told.</summary>
    public static void PollFound(string job, int count) => PolledFirst.Add(count, new KeyValuePair<string, object?>("job", job));

    /// <summary>A request to a vendor, until the head of its answer.</summary>
    public static void VendorRequest(string vendor, string outcome, TimeSpan took) => Requests.Record(took.TotalSeconds, new("vendor", vendor), new("outcome", outcome));

    /// <summary>The first word of an answer is stored and on its way.</summary>
    public static void FirstToken(TimeSpan took) => FirstTokens.Record(took.TotalSeconds);

    /// <summary>An answer ended: complete, interrupted, failed.</summary>
    public static void Answered(string outcome, string reason) => Answers.Add(1, new("outcome", outcome), new("reason", reason));

    /// <summary>A model was called, and what that cost.</summary>
    /// <param name="micros">Millionths of a US dollar; 0 = not billed.</param>
    public static void ModelCalled(string provider, string model, string outcome, long micros)
    {
        Calls.Add(1, new("provider", provider), new("model", model), new("outcome", outcome));
        Spend.Add(micros, new("provider", provider), new("model", model));
    }
}
