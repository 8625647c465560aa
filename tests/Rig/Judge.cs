using System.Diagnostics;
using System.Text.RegularExpressions;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Sandbox.Shopmonkey;

namespace LeadOrchestrator.Rig;

/// <summary>What the judge found.</summary>
/// <param name="Leads">Eligible quote requests in the CRM.</param>
/// <param name="Texts">Texts that Twilio accepted.</param>
/// <param name="Lost">Quote requests without a lead or a touch point, or with one that is in no final state.</param>
/// <param name="Doubled">Customers with more than one text, and links that went out twice.</param>
/// <param name="Disagreements">Where the vendors' ledger and the database say different things.</param>
/// <param name="Undecided">Touch points that are still being looked for at Twilio, which has never seen them. Neither lost nor sent: a person will decide.</param>
public sealed record Verdict(
    int Leads, int Texts, IReadOnlyList<string> Lost, IReadOnlyList<string> Doubled, IReadOnlyList<string> Disagreements, IReadOnlyList<string> Undecided)
{
    /// <summary>Everything that must not be, as sentences.</summary>
    public IReadOnlyList<string> Problems => [.. Lost, .. Doubled, .. Disagreements, .. Fatal, .. Unlawful];

    /// <summary>What services said before they ended of themselves, which none may do.</summary>
    public IReadOnlyList<string> Fatal { get; init; } = [];

    /// <summary>What the vendors took that the law forbids.</summary>
    public IReadOnlyList<string> Unlawful { get; init; } = [];
}

/// <summary>Compares, from outside, what the vendors have seen with what the product has kept. Knows nothing of how the product works inside.</summary>
public sealed partial class Judge(TestRig rig)
{
    // A judgement reads everything there is.
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(250);
    private readonly LawCheck _law = new();
    private static readonly string[] Final = ["sent", "delivered", "failed", "suppressed", "cancelled", "expired", "needs_review"];

    /// <summary>Waits until nothing is under way any more, or until the deadline; then judges.</summary>
    /// <remarks>What was handed over and never reached Twilio stays <c>unknown</c> for 15 minutes: that is a state with a name, and not waited for.</remarks>
    public async Task<Verdict> AtRestAsync(TimeSpan? deadline = null)
    {
        var patience = deadline ?? TimeSpan.FromSeconds(60);
        var waited = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(Every);
        while (true)
        {
            await rig.Sandbox.SettledAsync();
            var verdict = await JudgeAsync();
            if (verdict.Problems.Count == 0 || waited.Elapsed > patience)
            {
                return verdict;
            }

            await timer.WaitForNextTickAsync();
        }
    }

    /// <summary>Judges what is there now.</summary>
    public async Task<Verdict> JudgeAsync()
    {
        var quotes = Eligible();
        var texts = rig.Sandbox.Ledger.Of(Vendor.Twilio, "messages.create").Where(entry => entry.Accepted).ToList();
        var touches = await rig.Postgres.RowsAsync("""
            SELECT l.external_id, t.status, t.reason, l.phone FROM leads l JOIN touch_points t ON t.tenant_id = l.tenant_id AND t.lead_id = l.id AND t.step = 'greeting'
            """);
        var attempts = await rig.Postgres.RowsAsync("SELECT a.id, a.provider_id, a.provider_status, t.status FROM message_attempts a JOIN touch_points t ON t.id = a.touch_point_id");
        var texted = texts.Select(To).ToHashSet();

        return new Verdict(
            quotes.Count, texts.Count, Lost(quotes, touches, texted), Doubled(texts), [.. SidsThatDisagree(texts, attempts), .. StatusesThatDisagree(attempts)],
            [.. touches.Where(touch => IsUndecided(touch, texted)).Select(touch => $"{touch["external_id"]} is {touch["status"]}: {touch["reason"]}")])
        {
            Fatal = [.. rig.Orchestrators.Concat(rig.ChatApis).SelectMany(service => service.Log.Where(line => line.Contains("\"level\":\"fatal\"", StringComparison.Ordinal))
                .Select(line => $"{service.Name}: {line}"))],
            Unlawful = _law.ProblemsOf(rig.Sandbox.Ledger.Items, rig.Sandbox.Twilio.Received),
        };
    }

    // Every order that was announced: the CRM's own sample order was not.
    private List<string> Eligible() =>
        [.. rig.Sandbox.Crm.Rows("order").Select(row => row["id"]!.ToString()).Where(id => id != Crm.SampleOrderId)];

    private static List<string> Lost(List<string> quotes, IReadOnlyList<IReadOnlyDictionary<string, object?>> touches, HashSet<string> texted)
    {
        var byOrder = touches.ToLookup(touch => (string)touch["external_id"]!);
        var lost = new List<string>();
        foreach (var order in quotes)
        {
            switch (byOrder[order].ToList())
            {
                case []:
                    lost.Add($"Order {order} has no touch point");
                    break;
                case [var only] when !Final.Contains((string)only["status"]!) && !IsUndecided(only, texted):
                    lost.Add($"The touch point of order {order} is still {only["status"]} ({only["reason"]}); Twilio has {(texted.Contains((string)only["phone"]!) ? "its text" : "no text of it")}");
                    break;
                case [_]:
                    break;
                case var many:
                    lost.Add($"Order {order} has {many.Count} touch points");
                    break;
            }
        }

        return lost;
    }

    private static bool IsUndecided(IReadOnlyDictionary<string, object?> touch, HashSet<string> texted) =>
        touch["status"] is "unknown" && !texted.Contains((string)touch["phone"]!);

    private static List<string> Doubled(List<LedgerEntry> texts) =>
    [
        .. texts.GroupBy(To).Where(group => group.Count() > 1).Select(group => $"{group.Key} got {group.Count()} texts"),
        .. texts.GroupBy(text => Link().Match(Field(text, "Body")).Value).Where(group => group.Key.Length > 0 && group.Count() > 1)
            .Select(group => $"One link went out {group.Count()} times"),
    ];

    private static IEnumerable<string> SidsThatDisagree(List<LedgerEntry> texts, IReadOnlyList<IReadOnlyDictionary<string, object?>> attempts)
    {
        var outside = texts.Select(text => text.Id!).ToHashSet();
        var inside = attempts.Select(attempt => (string?)attempt["provider_id"]).OfType<string>().ToHashSet();
        return
        [
            .. outside.Except(inside).Select(sid => $"Twilio has text {sid}, the database has not"),
            .. inside.Except(outside).Select(sid => $"The database has text {sid}, Twilio has not"),
        ];
    }

    // The highest of the callbacks that the product has answered with 2xx is what the touch point must say.
    private IEnumerable<string> StatusesThatDisagree(IReadOnlyList<IReadOnlyDictionary<string, object?>> attempts)
    {
        var told = rig.Sandbox.Deliveries
            .Where(delivery => delivery is { Vendor: Vendor.Twilio, Succeeded: true } && delivery.What.StartsWith("status ", StringComparison.Ordinal))
            .ToLookup(delivery => delivery.Url[(delivery.Url.LastIndexOf('/') + 1)..], delivery => delivery.What["status ".Length..]);
        foreach (var attempt in attempts)
        {
            var expected = told[attempt["id"]!.ToString()!].Select(word => word switch { "delivered" => "delivered", "undelivered" or "failed" => "failed", _ => null })
                .OfType<string>().FirstOrDefault();
            if (expected is not null && (string)attempt["status"]! != expected)
            {
                yield return $"Attempt {attempt["id"]} was told to be {expected}, its touch point is {attempt["status"]}";
            }
        }
    }

    private static string To(LedgerEntry text) => Field(text, "To");

    private static string Field(LedgerEntry text, string name) => text.Request?[name]?.ToString() ?? "";

    [GeneratedRegex(@"/c/[A-Za-z0-9_-]+")]
    private static partial Regex Link();
}
