using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Sandbox.Shopmonkey;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Rig;

/// <summary>One death at a named point.</summary>
/// <param name="ExitCode">How the process ended; 137 = by SIGKILL.</param>
/// <param name="Phones">The customers who came while it was armed.</param>
public sealed record KillScene(string Point, int ExitCode, IReadOnlyList<string> Phones);

/// <summary>
/// Lets Orchestrators die at named points, under customers of its own. The first Orchestrator of the rig is left alone and takes over what the
/// dead held; the others are the victims, in turns, and rise again for their next point.
/// </summary>
public sealed class Killer(TestRig rig)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan UntilTheNextCustomer = TimeSpan.FromMilliseconds(400);

    // Faster than that, the answers that are denied would meet the reconcile's own look, and an account that fails again and again is left alone for a while.
    private static readonly TimeSpan UntilTheNextDoubt = TimeSpan.FromSeconds(2);
    private readonly RigService[] _victims = [.. rig.Orchestrators.Skip(1)];
    private readonly List<Task<Quote>> _quotes = [];
    private int _turn;

    /// <summary>Arms the next victim, and brings customers until it is dead.</summary>
    public async Task<KillScene> KillAtAsync(string point)
    {
        var victim = _victims[_turn++ % _victims.Length];
        await victim.KillAsync();
        await victim.LaunchAsync(("FAILPOINT", $"{point}:kill"));
        await ReadyOrDeadAsync(victim);
        // The vendors speak to the victim alone while it lives, so that it is the one that gets there.
        rig.Sandbox.DeliverTo = victim.Url;
        var phones = new List<string>();
        var died = victim.Exited;
        using var patience = new CancellationTokenSource(Patience);
        while (!died.IsCompleted)
        {
            if (patience.IsCancellationRequested)
            {
                throw new TimeoutException($"No process came to {point} within {Patience.TotalSeconds:0} s");
            }

            phones.Add(await BringAsync(point, victim));
            await EndedSoonAsync(died, IsOfReconcile(point) ? UntilTheNextDoubt : UntilTheNextCustomer);
        }

        rig.Sandbox.DeliverTo = null;
        return new KillScene(point, victim.ExitCode, phones);
    }

    /// <summary>Everybody lives again, and webhooks that met nobody alive, so that Shopmonkey gave them up, are sent once more.</summary>
    public async Task EndAsync()
    {
        foreach (var victim in _victims)
        {
            if (!victim.IsRunning)
            {
                await victim.LaunchAsync();
            }

            await victim.ReadyAsync();
        }

        foreach (var quote in await Task.WhenAll(_quotes))
        {
            if (!quote.Deliveries.Any(delivery => delivery.Succeeded))
            {
                await rig.Sandbox.Crm.DeliverAsync(new CrmEvent("INSERT", "order", rig.Sandbox.Crm.Row("order", quote.OrderId)!));
            }
        }

        _quotes.Clear();
    }

    private async Task<string> BringAsync(string point, RigService victim)
    {
        var phone = rig.NewPhone();
        if (IsOfReconcile(point) && rig.Sandbox.Faults.Waiting.Count == 0)
        {
            // Twilio takes it, denies it, and tells nobody: only its list knows.
            rig.Sandbox.Faults.Add(Vendor.Twilio, FaultKind.AcceptThen500);
            rig.Sandbox.Faults.Add(Vendor.Twilio, FaultKind.CallbacksOff);
        }

        if (point == Failpoint.OptOutCommitted)
        {
            await rig.Sandbox.Crm.AddQuoteAsync(new NewQuote { Phone = phone });
            await Eventually.TrueAsync(() => rig.Sandbox.Twilio.SentTo(phone).Count > 0, $"the text to {phone}");
            var stop = await rig.Sandbox.Twilio.ReceiveAsync(phone, "STOP");
            if (!stop.Delivery.Succeeded)
            {
                // Twilio tries again, elsewhere.
                rig.Sandbox.DeliverTo = null;
                await rig.Sandbox.Twilio.PostAsync("inbound", stop.Delivery.Url, rig.Sandbox.Twilio.InboundForm(stop.Text));
            }

            return phone;
        }

        // Not waited for: the tries that fail with the victim go on elsewhere.
        var quote = rig.Sandbox.Crm.AddQuoteAsync(new NewQuote { Phone = phone });
        _quotes.Add(quote);
        await Task.WhenAny(quote, victim.Exited);
        return phone;
    }

    // What others left behind may be enough to let it die before it is ready.
    private static async Task ReadyOrDeadAsync(RigService victim)
    {
        try
        {
            await victim.ReadyAsync();
        }
        catch (EventuallyException) when (!victim.IsRunning)
        {
            // It has got there.
        }
    }

    private static bool IsOfReconcile(string point) => point is Failpoint.ReconcileListed or Failpoint.ReconcileCommitted;

    private static async Task EndedSoonAsync(Task died, TimeSpan patience)
    {
        try
        {
            await died.WaitAsync(patience);
        }
        catch (TimeoutException)
        {
            // One more customer.
        }
    }
}
