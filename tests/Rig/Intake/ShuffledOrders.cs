using System.Text.Json.Nodes;
using LeadOrchestrator.Sandbox.Shopmonkey;

namespace LeadOrchestrator.Rig.Intake;

/// <summary>Quote requests and what clerks do with them, made in the CRM without a word to anybody; the events are kept, to be told in any order and as often as one likes.</summary>
public sealed class ShuffledOrders
{
    private const int MostChanges = 3;
    private readonly Crm _crm;
    private readonly List<CrmEvent> _events = [];
    private readonly Dictionary<string, string> _phones = [];

    private ShuffledOrders(Crm crm) => _crm = crm;

    /// <summary>All that happened, in its order.</summary>
    public IReadOnlyList<CrmEvent> Events => _events;

    /// <summary>Each order's phone.</summary>
    public IReadOnlyDictionary<string, string> Phones => _phones;

    /// <summary>Makes at least so many events. The same seed gives the same story.</summary>
    /// <param name="sells">Whether some of them are sold.</param>
    public static async Task<ShuffledOrders> MakeAsync(TestRig rig, int events, int seed, bool sells = true)
    {
        ArgumentNullException.ThrowIfNull(rig);
        var orders = new ShuffledOrders(rig.Sandbox.Crm);
        var random = new Random(seed);
        while (orders._events.Count < events)
        {
            await orders.MakeOneAsync(rig.NewPhone(), random, sells);
        }

        return orders;
    }

    /// <summary>Every event so many times, in an order that nobody would expect.</summary>
    public IReadOnlyList<CrmEvent> Shuffled(int times, int seed)
    {
        CrmEvent[] all = [.. Enumerable.Repeat(_events, times).SelectMany(events => events)];
        new Random(seed).Shuffle(all);
        return all;
    }

    /// <summary>Compares the end of each order in the CRM with its lead, from outside.</summary>
    /// <returns>What is wrong, as sentences.</returns>
    public async Task<IReadOnlyList<string>> ProblemsAsync(TestRig rig)
    {
        ArgumentNullException.ThrowIfNull(rig);
        var leads = (await rig.Postgres.RowsAsync("SELECT external_id, status, external_version, service_interest FROM leads")).ToDictionary(lead => (string)lead["external_id"]!);
        var greetings = (await rig.Postgres.RowsAsync("""
            SELECT l.external_id, count(*) AS greetings FROM leads l JOIN touch_points t ON t.tenant_id = l.tenant_id AND t.lead_id = l.id WHERE t.step = 'greeting' GROUP BY 1
            """)).ToDictionary(row => (string)row["external_id"]!, row => (long)row["greetings"]!);
        var problems = new List<string>();
        foreach (var (order, phone) in _phones)
        {
            var row = _crm.Row("order", order)!;
            var texts = rig.Sandbox.Twilio.SentTo(phone).Count;
            problems.AddRange(texts > 1 || greetings.GetValueOrDefault(order) > 1 ? [$"Order {order} was greeted {Math.Max(texts, greetings.GetValueOrDefault(order))} times"] : []);
            problems.AddRange(Difference(order, row, leads.GetValueOrDefault(order), texts) is { } difference ? [difference] : []);
        }

        return problems;
    }

    private static string? Difference(string order, JsonObject row, IReadOnlyDictionary<string, object?>? lead, int texts)
    {
        var status = (string?)lead?["status"];
        if (row["deleted"]!.GetValue<bool>())
        {
            return status is null or "lost" ? null : $"Order {order} is deleted, its lead is {status}";
        }

        if (row["authorized"]!.GetValue<bool>())
        {
            return status is null or "won" or "lost" ? null : $"Order {order} is sold, its lead is {status}";
        }

        var (version, interest) = (row["meta"]!["version"]!.GetValue<long>(), row["name"]!.GetValue<string>()["New Quote - ".Length..]);
        return lead is null ? $"Order {order} has no lead"
            : (long)lead["external_version"]! != version ? $"Order {order} has version {version}, its lead {lead["external_version"]}"
            : (string)lead["service_interest"]! != interest ? $"Order {order} asks for {interest}, its lead for {lead["service_interest"]}"
            : status == "lost" ? $"Order {order} is open, its lead is lost"
            : texts == 0 ? $"Order {order} was never greeted"
            : null;
    }

    private async Task MakeOneAsync(string phone, Random random, bool sells)
    {
        var quote = await _crm.AddQuoteAsync(new NewQuote { Phone = phone, Deliver = false });
        _phones[quote.OrderId] = phone;
        Note("INSERT", quote.OrderId);
        for (var change = random.Next(MostChanges + 1); change > 0; change--)
        {
            var number = random.Next(1, 1000);
            await ChangeAsync(quote.OrderId, row => (row["name"], row["coalescedName"]) = ($"New Quote - Tint {number}", $"New Quote - Tint {number}"));
        }

        switch (random.Next(10))
        {
            case 0:
                await _crm.DeleteOrderAsync(quote.OrderId, deliver: false);
                Note("DELETE", quote.OrderId);
                break;
            case 1 when sells:
                await ChangeAsync(quote.OrderId, row => (row["authorized"], row["status"]) = (true, "RepairOrder"));
                break;
        }
    }

    private async Task ChangeAsync(string order, Action<JsonObject> change)
    {
        await _crm.UpdateOrderAsync(order, change, deliver: false);
        Note("UPDATE", order);
    }

    private void Note(string operation, string order) =>
        _events.Add(new CrmEvent(operation, "order", _crm.Row("order", order)!, operation == "UPDATE" ? ["name", "updatedDate", "meta"] : null));
}
