using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.Orchestrator.Tests.Messaging;

/// <summary>Words of staff carry no link by which the vendor's list would tell them apart: what is somebody else's, or another text's, proves nothing.</summary>
public sealed class WordsReconcileTests : Shop
{
    private const string Words = "Your car is ready.";
    private WebApplication _app = null!;
    private HttpClient _staff = null!;

    protected override bool StartsOne => false;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _app = await StartAsync();
        _staff = await SignedInAsync();
    }

    [Fact]
    public async Task An_older_text_with_the_same_words_is_not_the_one_that_was_lost()
    {
        const string phone = "+15125553901";
        await TextByAnotherSystemAsync(phone);
        await SetClockAsync("2026-11-23T18:00:00Z");
        var lead = await GreetedAsync(phone);
        Sandbox.Faults.Add(Vendor.Twilio, FaultKind.DropBeforeAccept);

        await WriteAsync(lead);
        await this.StepAsync(lead, "staff-1", "unknown");
        await ReconcileAsync();
        await Database.ExecuteAsync("UPDATE touch_points SET handed_over_at = handed_over_at - interval '16 minutes' WHERE status = 'unknown'");
        await ReconcileAsync();

        (await this.StepAsync(lead, "staff-1", "needs_review", "sent", "delivered")).ShouldBe("not_found_at_twilio");
    }

    [Fact]
    public async Task Of_two_lost_texts_with_the_same_words_one_is_found_once()
    {
        var lead = await GreetedAsync("+15125553902");
        Sandbox.Faults.Add(new Fault { Vendor = Vendor.Twilio, Kind = FaultKind.List500, Count = Fault.Always });
        Sandbox.Faults.Add(Vendor.Twilio, FaultKind.CallbacksOff);
        Sandbox.Faults.Add(Vendor.Twilio, FaultKind.AcceptThen500);
        await WriteAsync(lead);
        await this.StepAsync(lead, "staff-1", "unknown");
        Sandbox.Faults.Add(Vendor.Twilio, FaultKind.DropBeforeAccept);
        await WriteAsync(lead);
        await this.StepAsync(lead, "staff-2", "unknown");

        Sandbox.Faults.Clear();
        await ReconcileAsync();
        await ReconcileAsync();

        (await Database.ColumnAsync<string>("SELECT status FROM touch_points WHERE lead_id = $1 AND step LIKE 'staff-%'", lead)).Count(status => status == "unknown").ShouldBe(1);
        (await Database.ScalarAsync<long>("SELECT count(*) - count(DISTINCT provider_id) FROM message_attempts WHERE provider_id IS NOT NULL")).ShouldBe(0, "no two have one text");
    }

    private Task ReconcileAsync() => _app.Services.GetRequiredService<Reconciler>().RunOnceAsync(CancellationToken.None);

    private async Task<Guid> GreetedAsync(string phone)
    {
        var lead = await this.LeadByApiAsync(_staff, await LocationAsync(), phone);
        await this.StepAsync(lead, "greeting", "delivered");
        return lead;
    }

    private async Task WriteAsync(Guid lead) => await TwoFranchises.OkAsync(await _staff.PostAsJsonAsync($"/api/leads/{lead}/messages", new { channel = "sms", content = Words }));

    private async Task TextByAnotherSystemAsync(string phone)
    {
        using var http = new HttpClient();
        const string account = "AC00000000000000000000000000000000";
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{account}:{TestVariables.TwilioAuthToken}")));
        using var form = new FormUrlEncodedContent([new("To", phone), new("From", TestVariables.TwilioPhoneNumber), new("Body", Words)]);
        (await http.PostAsync(new Uri($"{Sandbox.BareUrl}/2010-04-01/Accounts/{account}/Messages.json"), form)).EnsureSuccessStatusCode();
    }
}
