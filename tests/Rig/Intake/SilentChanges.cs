using System.Globalization;
using System.Text.Json.Nodes;
using LeadOrchestrator.Sandbox.Shopmonkey;

namespace LeadOrchestrator.Rig.Intake;

/// <summary>What kind of change of the CRM nobody was told of.</summary>
public enum ChangeKind
{
    /// <summary>A new quote request.</summary>
    NewOrder,

    /// <summary>The customer of an order got another name.</summary>
    Customer,

    /// <summary>An order went to another column, or back.</summary>
    Move,
}

/// <summary>Changes of the CRM without webhooks, and when the database had each of them.</summary>
public sealed class SilentChanges(TestRig rig)
{
    private readonly Crm _crm = rig.Sandbox.Crm;
    private readonly SightLog _log = new(TimeProvider.System);
    private readonly List<(string Order, string Customer)> _visible = [];
    private readonly Dictionary<string, string> _customers = [];
    private readonly Lock _lock = new();
    private readonly Random _random = new(4);
    private int _marks;

    /// <summary>Changes so far and their fate.</summary>
    public SightLog Log => _log;

    /// <summary>Orders made so far.</summary>
    public IReadOnlyCollection<string> Orders
    {
        get
        {
            lock (_lock)
            {
                return [.. _customers.Keys];
            }
        }
    }

    /// <summary>New orders, as fast as the CRM takes them.</summary>
    /// <param name="label">Of the latencies.</param>
    public async Task BurstAsync(int count, string label)
    {
        for (var number = 0; number < count; number++)
        {
            await AddAsync(label);
        }
    }

    /// <summary>One change: every other one is a new order, the rest alter what the product has already.</summary>
    public async Task ChangeOneAsync(string label)
    {
        var known = Pick();
        switch (_random.Next(4))
        {
            case 0 when known is not null:
                await RenameAsync(known.Value.Order, known.Value.Customer, label);
                break;
            case 1 when known is not null:
                await MoveAsync(known.Value.Order, label);
                break;
            default:
                await AddAsync(label);
                break;
        }
    }

    /// <summary>Looks which of the pending changes are in the database by now.</summary>
    public async Task LookAsync()
    {
        var orders = _log.PendingOrders;
        if (orders.Count == 0)
        {
            return;
        }

        var rows = await rig.Postgres.RowsAsync("""
            SELECT l.external_id, l.last_name, greatest(l.external_version, coalesce(t.external_version, 0)) AS version
            FROM leads l LEFT JOIN external_tombstones t ON t.tenant_id = l.tenant_id AND t.source = l.source AND t.external_id = l.external_id
            WHERE l.external_id = ANY($1)
            """, (object)orders.ToArray());
        foreach (var row in rows)
        {
            var order = (string)row["external_id"]!;
            _log.See(order, (long)row["version"]!, (string)row["last_name"]!);
            lock (_lock)
            {
                if (_log.IsNew(order))
                {
                    _visible.Add((order, _customers[order]));
                }
            }
        }
    }

    private (string Order, string Customer)? Pick()
    {
        lock (_lock)
        {
            return _visible.Count == 0 ? null : _visible[_random.Next(_visible.Count)];
        }
    }

    private async Task AddAsync(string label)
    {
        var quote = await _crm.AddQuoteAsync(new NewQuote { LastName = NextMark(), Phone = rig.NewPhone(), Deliver = false });
        lock (_lock)
        {
            _customers[quote.OrderId] = quote.CustomerId;
        }

        _log.Note(new SilentChange(ChangeKind.NewOrder, quote.OrderId, 0, "", label));
    }

    private async Task RenameAsync(string order, string customer, string label)
    {
        var mark = NextMark();
        await _crm.UpdateAsync("customer", customer, row => row["lastName"] = mark, deliver: false);
        _log.Note(new SilentChange(ChangeKind.Customer, order, 0, mark, label));
    }

    private async Task MoveAsync(string order, string label)
    {
        await _crm.UpdateOrderAsync(order, Turn, deliver: false);
        _log.Note(new SilentChange(ChangeKind.Move, order, _crm.Row("order", order)!["meta"]!["version"]!.GetValue<long>(), "", label));

        static void Turn(JsonObject row) =>
            row["workflowStatusId"] = row["workflowStatusId"]!.GetValue<string>() == Crm.WebsiteLeadsId ? Crm.InProgressId : Crm.WebsiteLeadsId;
    }

    // They grow in the order of letters, so that a later one stands for all before it.
    private string NextMark() => string.Create(CultureInfo.InvariantCulture, $"Mark {Interlocked.Increment(ref _marks):0000000}");
}
