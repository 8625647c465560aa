using LeadOrchestrator.Bench.Benches;

namespace LeadOrchestrator.Bench.Reporting;

/// <summary>All goals, by kind of work. Ratios: more than 1 is better than the peer, for costs and times as well.</summary>
internal static class Goals
{
    private const string OneStatement = " (against the one-statement peer)";

    /// <summary>In the order in which the table and the plot show them.</summary>
    public static IReadOnlyList<(string Work, IReadOnlyList<Goal> Goals)> All { get; } =
    [
        ("Webhook accepted and durable",
        [
            Goal.Times("webhook", "accepted per second, 32 at once", 4, "≥ 4× (aim 8×)"),
            Goal.Times("webhook", "app CPU per request, while accepting", 4, "≤ 1/4"),
            Goal.Times("webhook", "p99 at 50/s", 1.5, "≤ 1/1.5"),
            Goal.Times("webhook", "accepted per second, 32 at once" + OneStatement, 2.2),
        ]),
        ("Webhook → lead and first touch planned, sustained",
        [
            Goal.Times("webhook", "leads planned per second, to the last", 3),
        ]),
        ("The first webhook after ready",
        [
            Goal.Times("first", "first webhook after ready", 1, "no slower"),
        ]),
        ("History, 50 of 1,000,000 messages",
        [
            Goal.Times("history", "read per second, 32 at once", 2, "≥ 2× (aim 4×)"),
            Goal.Times("history", "app CPU per request", 2.5, "≤ 1/2.5"),
            Goal.Times("history", "p99, 32 at once", 1, "not behind"),
        ]),
        ("Health, ready with its database check",
        [
            Goal.Times("health", "answered per second, 32 at once", 5),
        ]),
        ("First token of one answer",
        [
            Goal.Times("answer", "time added until the first token, p50", 1.6, "≤ 1/1.6 (aim 1/4)"),
        ]),
        ("Answers streaming at once", [.. Streams("1,000"), .. Streams("2,000")]),
        ("A crowd of readers at two Chat APIs, slow ones among them",
        [
            new(CrowdBench.Name, "of them not stored, or stored otherwise than shown", GoalKind.None, 0, "0"),
            new(CrowdBench.Name, "answers to people who read ten bytes a second that were not stored whole", GoalKind.None, 0, "0"),
            Goal.Under(CrowdBench.Name, "memory for each stream, at most", "≤ 512 KiB"),
            Goal.Under(CrowdBench.Name, "memory of both while all read, second half, at most a fifth more", "≤ 1.2× the first half"),
            Goal.Under(CrowdBench.Name, "a cut line goes on at the other Chat API, p95", "≤ 300 ms"),
        ]),
        ("Touch points drained, every gate on",
        [
            Goal.Times("touches", "drained per second, latency 0, one instance", 1, "≥ 1× (aim 2×)"),
            Goal.Times("touches", "drained per second, latency 0, two instances", 1, "≥ 1× (aim 2×)"),
            Goal.Share("touches", "drained per second, 200 ms, one instance", 0.9),
            Goal.Share("touches", "drained per second, 200 ms, two instances", 0.9),
            Goal.Times("touches", "drained per second, 0–1 s, one instance", 1.7),
            Goal.Times("touches", "drained per second, 0–1 s, two instances", 1.7),
            new("touches", "sent twice", GoalKind.None, 0, "0"),
        ]),
        ("Follow-ups: nothing after a STOP, the law, the pace, nobody late for others",
        [
            Zero("stop: texts handed over after the STOP was acknowledged, by the database's clock"),
            Zero("stop: texts at Twilio after the STOP was acknowledged"),
            Goal.Under("followups", "greeting: accepted by Twilio after the webhook, beside many, p95", "≤ 2 s"),
            Goal.Under("followups", "lateness: of the 499 others, p95", "< 20 s"),
            Goal.Under("followups", "holds: the same beside 100,000 held by their shop, at most half more", "≤ 1.5× without"),
            Zero("holds: texts that went out although they were held"),
            Goal.Under("followups", "backlog: all that may go out has, after", "≤ 10 min for 100,000"),
            Zero("backlog: texts against the law (hours, caps, contents)"),
            Goal.Under("followups", "backlog: longest queue of a number at its carrier, 1 segment/s", "≤ 3 s"),
        ]),
        ("Claim of 100, fair over 500 tenants",
        [
            Goal.AtMost("claim", "one claim of 100, mean, 1 M due against 10 k", 1.5),
            Goal.AtMost("claim", "one claim of 100, mean, 10 M due against 10 k", 1.5) with { NeedsFull = true },
        ]),
        ("Intake that misses nothing",
        [
            None("poll only: missing"),
            None("poll only: greeted or texted twice"),
            Goal.Under("intake", "poll only, visible after, steady, 300 a minute, p99", "≤ 60 s"),
            Goal.Under("intake", "poll only, visible after, steady, budget lifted, p99", "≤ 60 s"),
            None("shuffled repeats: leads that differ from the CRM"),
            None("shuffled repeats: greeted twice"),
            None("flood: answers other than 2xx"),
            Goal.Under("intake", "flood: p99, the limit is the peer's p50 at its saturation", "below the peer's p50"),
            Goal.Under("intake", "flood: inbox drained after", "≤ 10 s"),
            Goal.Under("intake", "500 tenants: a round in which nothing is new", "≤ 30 s"),
            Goal.Under("intake", "500 tenants: CPU of the Orchestrator and PostgreSQL in a round", "≤ 30 s"),
            None("malformed: 5xx, or no answer"),
            None("malformed: valid ones that did not land"),
            Goal.Under("intake", "malformed: resident memory, second half, at most a fifth more", "≤ 1.2× the first half"),
        ]),
        ("Answers, whatever model speaks",
        [
            Never("corpus: unlisted price shown"),
            Never("corpus: data of others shown or read"),
            Never("corpus: link, image or markup shown"),
            Never("corpus: booked without the customer's tap"),
            Never("hostile: unlisted prices and other lies shown"),
            Never("hostile: rows of others read or written"),
            Never("hostile: bookings without the customer's tap"),
            Goal.Under("answers", "hostile: most tools of one turn", "≤ 8"),
            Goal.Under("answers", "guard: time added per answer, p95", "≤ 30 ms"),
        ]),
        ("Memory",
        [
            Goal.AtMost("memory", "idle, the service that takes webhooks", 1.2),
            Goal.AtMost("memory", "at most under webhooks, 32 at once", 1.2),
            Goal.AtMost("memory", "at most under reads of the history, 32 at once", 1.2),
            Goal.AtMost("memory", "at most with 1,000 answers at once", 1.2),
        ]),
        ("The original's load, 20 people at once",
        [
            Goal.Under("load", "webhook p99", "< 100 ms"),
            Goal.Under("load", "history p99", "< 100 ms"),
            Goal.Under("load", "health p99", "< 50 ms"),
            Goal.Under("load", "message stored p99", "< 20 ms"),
        ]),
    ];

    private static Goal Zero(string metric) => new("followups", metric, GoalKind.None, 0, "0");

    private static Goal Never(string metric) => new("answers", metric, GoalKind.None, 0, "0");

    private static Goal None(string metric) => new("intake", metric, GoalKind.None, 0, "0");

    private static IEnumerable<Goal> Streams(string count) =>
    [
        Goal.Times("streams", $"tokens per second, {count} at once", 1.8),
        Goal.Times("streams", $"first token p50, {count} at once", 8, "≤ 1/8"),
        Goal.Times("streams", $"token relay p50, {count} at once", 1, "not behind"),
        Goal.Times("streams", $"token relay p99, {count} at once", 1, "not behind"),
    ];
}
