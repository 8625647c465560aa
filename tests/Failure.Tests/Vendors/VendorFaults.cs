using LeadOrchestrator.Rig;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Sandbox.Shopmonkey;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Failure.Tests.Vendors;

/// <summary>One quote request for each fault, all in one system: the slow ones wait beside each other.</summary>
public sealed class VendorFaults : WholeSystem
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly Dictionary<string, (string Order, string Phone)> _cases = [];

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        var twilio = new TwilioCases(this);
        await twilio.BeginAsync();
        await new ShopmonkeyCases(this).BeginAsync();
        await twilio.EndAsync();
    }

    /// <summary>Brings a new customer while the faults wait for their call, and goes on as soon as the text's or the read's have struck. Lists are read later.</summary>
    public async Task StrikeAsync(string name, params Fault[] faults)
    {
        foreach (var fault in faults)
        {
            Rig.Sandbox.Faults.Add(fault);
        }

        var phone = Rig.NewPhone();
        var quote = await QuoteAsync(phone);
        _cases[name] = (quote.OrderId, phone);
        await Eventually.TrueAsync(
            () => !Rig.Sandbox.Faults.Waiting.Any(waiting => waiting.Kind != FaultKind.List500 && faults.Any(fault => fault.Kind == waiting.Kind && fault.Vendor == waiting.Vendor)),
            $"{name} to strike");
    }

    /// <summary>A fault that stays until <see cref="Faults.Clear"/>: brings a customer, and ends when the vendor was called.</summary>
    /// <returns>The fault's id.</returns>
    public async Task<int> StrikeForLongAsync(string name, Fault fault, string operation)
    {
        var id = Rig.Sandbox.Faults.Add(fault).Id;
        var before = Rig.Sandbox.Calls.Count(call => call.Operation == operation);
        var phone = Rig.NewPhone();
        _cases[name] = ((await QuoteAsync(phone)).OrderId, phone);
        await Eventually.TrueAsync(() => Rig.Sandbox.Calls.Count(call => call.Operation == operation) > before, $"{name} to strike");
        return id;
    }

    /// <summary>The end of a case: the state of its touch point, and how many texts Twilio has for it.</summary>
    public async Task<(string Status, string? Reason, int Texts)> EndOfAsync(string name, params string[] statuses)
    {
        var (order, phone) = _cases[name];
        var touch = await TouchAsync(order, Patience, statuses);
        return ((string)touch["status"]!, (string?)touch["reason"], Texts(phone));
    }

    /// <summary>How Twilio was asked for the texts to the customer of a case.</summary>
    public IReadOnlyList<VendorCall> ListsOf(string name) =>
        [.. Rig.Sandbox.Calls.Where(call => call.Operation == "messages.list" && call.Path.Contains(_cases[name].Phone[1..], StringComparison.Ordinal))];

    /// <summary>The quote requests of a case, in the database.</summary>
    public async Task<long> LeadsOfAsync(string name) =>
        await Rig.Postgres.ScalarAsync<long>("SELECT count(*) FROM leads WHERE external_id = $1", _cases[name].Order);

    /// <summary>Texts to a number that Twilio took, whatever it answered.</summary>
    public int Texts(string phone) => Rig.Sandbox.Ledger.Of(Vendor.Twilio, "messages.create").Count(entry => entry.Accepted && entry.Request?["To"]?.ToString() == phone);
}

[CollectionDefinition(nameof(VendorFaults))]
public sealed class VendorFaultsCollection : ICollectionFixture<VendorFaults>;
