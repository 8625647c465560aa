using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LeadOrchestrator.Orchestrator.Emails;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Sandbox.SendGrid;
using LeadOrchestrator.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.Orchestrator.Tests.Emails;

/// <summary>Emails on their way through SendGrid, on good days and bad ones. One Orchestrator for each test that changes how it is set up.</summary>
public sealed class EmailDeliveryTests : Shop
{
    private WebApplication _app = null!;
    private HttpClient _staff = null!;

    protected override bool StartsOne => false;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await UseAsync();
    }

    [Fact]
    public async Task An_email_has_both_parts_the_headers_of_RFC_8058_and_the_attempts_id_and_no_tracking()
    {
        var touch = await LeadAsync("ann@example.com", await LocationAsync());
        await StatusAsync(touch, "sent");

        var mail = Sandbox.SendGrid.Sent.ShouldHaveSingleItem();
        var request = mail.Request;
        request["content"]!.AsArray().Select(part => (string)part!["type"]!).ShouldBe(["text/plain", "text/html"]);
        ((string)request["from"]!["name"]!).ShouldBe("Acme Tint North");
        ((string)request["from"]!["email"]!).ShouldBe("hello@acme-tint.example");
        ((string)request["reply_to"]!["email"]!).ShouldMatch(@"^hello\+[0-9a-f]{32}@acme-tint\.example$");
        var person = request["personalizations"]![0]!;
        ((string)person["headers"]!["List-Unsubscribe-Post"]!).ShouldBe("List-Unsubscribe=One-Click");
        ((string)person["headers"]!["List-Unsubscribe"]!).ShouldMatch("^<http://localhost:3000/unsubscribe/[A-Za-z0-9_-]{22,}>$");
        ((bool)request["tracking_settings"]!["click_tracking"]!["enable"]!).ShouldBeFalse();
        mail.Text.ShouldContain("100 Congress Ave, Austin, TX 78701");
        mail.Text.ShouldContain(Unsubscribe(mail));

        var attempt = (await Database.RowsAsync("SELECT * FROM message_attempts WHERE touch_point_id = $1", touch)).ShouldHaveSingleItem();
        ((string)person["custom_args"]!["attempt_id"]!).ShouldBe(attempt["id"]!.ToString());
        (attempt["channel"], attempt["status"], attempt["provider_id"]).ShouldBe(("email", "accepted", mail.Id));
        ((string)attempt["body"]!).ShouldContain("{link}");
        ((string)attempt["body"]!).ShouldContain("{unsubscribe}");
        var code = mail.Text.Split("/c/")[1].Split('\n')[0];
        (await Database.ScalarAsync<long>("SELECT count(*) FROM chat_codes WHERE code_hash = sha256(convert_to($1, 'UTF8'))", code)).ShouldBe(1);
    }

    [Fact]
    public async Task At_night_an_email_goes_out_all_the_same()
    {
        await SetClockAsync("2026-11-24T09:00:00Z"); // 03:00 at the shop
        _staff = await SignedInAsync();
        await StatusAsync(await LeadAsync("night@example.com", await LocationAsync()), "sent");
    }

    [Fact]
    public async Task A_shop_without_a_postal_address_sends_no_email_and_its_leads_make_no_work()
    {
        var touch = await LeadAsync("ann@example.com", await LocationAsync(address: null));
        (await StatusAsync(touch, "suppressed"))["reason"].ShouldBe("no_postal_address");
        Sandbox.SendGrid.Sent.ShouldBeEmpty();
        (await Database.ScalarAsync<long>("SELECT count(*) FROM review_items")).ShouldBe(0);
    }

    [Fact]
    public async Task An_address_that_is_unsubscribed_in_the_CRM_gets_no_email()
    {
        await Database.ExecuteAsync("""
            INSERT INTO email_addresses (tenant_id, id, email, crm_opt_out_at, crm_opt_out_by, created_at, updated_at) VALUES ($1, $2, 'crm-no@example.com', now(), '{ann}', now(), now())
            """, await TenantAsync(), Guid.CreateVersion7());
        var touch = await LeadAsync("CRM-no@example.com", await LocationAsync());
        (await StatusAsync(touch, "suppressed"))["reason"].ShouldBe("crm_unsubscribed");
        Sandbox.SendGrid.Sent.ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_SendGrid_email_is_switched_off_and_says_so()
    {
        await UseAsync(("SENDGRID_API_KEY", null), ("SENDGRID_FROM_EMAIL", null));
        var touch = await LeadAsync("ann@example.com", await LocationAsync());
        (await StatusAsync(touch, "suppressed"))["reason"].ShouldBe("email_switched_off");
    }

    [Fact]
    public async Task In_demo_mode_only_a_test_lead_is_mailed()
    {
        await UseAsync(("DEMO_MODE", "true"));
        var location = await LocationAsync();
        (await StatusAsync(await LeadAsync("real@example.com", location), "suppressed"))["reason"].ShouldBe("demo_mode");
        await StatusAsync(await LeadAsync("test@example.com", location, isTest: true), "sent");
        Sandbox.SendGrid.Sent.ShouldHaveSingleItem().To.ShouldBe(["test@example.com"]);
    }

    [Fact]
    public async Task The_link_asks_first_acts_when_it_is_posted_and_holds_for_ever()
    {
        var location = await LocationAsync();
        await StatusAsync(await LeadAsync("ann@example.com", location), "sent");
        var path = new Uri(Unsubscribe(Sandbox.SendGrid.Sent[0])).AbsolutePath;

        using var page = await Http.GetAsync(path);
        page.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await page.Content.ReadAsStringAsync()).ShouldContain("<form method=\"post\">");
        (await Database.ScalarAsync<long>("SELECT count(*) FROM email_addresses WHERE unsubscribed_at IS NOT NULL")).ShouldBe(0);

        using var oneClick = new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")]);
        (await Http.PostAsync(path, oneClick)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Http.PostAsync(path, null)).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await Database.ScalarAsync<long>("SELECT count(*) FROM consent_events WHERE kind = 'opted_out' AND channel = 'email'")).ShouldBe(1);
        (await StatusAsync(await LeadAsync("ANN@example.com", await LocationAsync()), "suppressed"))["reason"].ShouldBe("unsubscribed");
        (await Database.ScalarAsync<string>("SELECT status FROM leads ORDER BY id LIMIT 1")).ShouldBe("opted_out");
        Sandbox.SendGrid.Sent.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Who_takes_no_texts_and_unsubscribes_is_opted_out()
    {
        var quote = await QuoteAsync("+15005550009", change: quote => quote with { Email = "mute@example.com", State = "TX" }); // the vendor's own test number for this
        await Eventually.TrueAsync(() => Sandbox.SendGrid.Sent.Count == 1, "the email");
        await TouchAsync(quote.OrderId, "sent", "delivered");

        (await Http.PostAsync(new Uri(Unsubscribe(Sandbox.SendGrid.Sent[0])).AbsolutePath, null)).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await Database.ScalarAsync<string>("SELECT status || ' ' || consent FROM leads")).ShouldBe("opted_out opted_out");
    }

    [Theory]
    [InlineData("hello+leads@acme-tint.example")]
    [InlineData("hello-from-the-whole-team-of-acme-tint@acme-tint.example")]
    public async Task An_answer_to_a_sender_without_room_for_a_token_is_known_by_the_email_that_it_names(string sender)
    {
        await UseAsync(("SENDGRID_FROM_EMAIL", sender));
        await StatusAsync(await LeadAsync("ann@example.com", await LocationAsync()), "sent");

        await Sandbox.SendGrid.ReceiveAsync(new LeadOrchestrator.Sandbox.SendGrid.InboundMail("ann@example.com", "Re: x", "It is me"));

        (await Database.ColumnAsync<string>("SELECT content FROM chat_messages")).ShouldBe(["It is me"]);
    }

    [Theory]
    [InlineData("/unsubscribe/AAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("/unsubscribe/..%2F..")]
    public async Task Nobodys_link_is_told_so_only_when_it_is_posted(string path)
    {
        (await Http.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Http.PostAsync(path, null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Stop_by_text_with_another_lead_of_the_person_stops_email_as_well()
    {
        var location = await LocationAsync();
        await _staff.PostAsJsonAsync("/api/leads", new { locationId = location, phone = "+15125550191", email = "both@example.com" });
        await Database.ExecuteAsync("UPDATE contacts SET opted_out_at = '2026-11-23T15:00:00Z'");

        var touch = await LeadAsync("both@example.com", await LocationAsync());

        (await StatusAsync(touch, "suppressed"))["reason"].ShouldBe("opted_out");
        Sandbox.SendGrid.Sent.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(FaultKind.AcceptThenDrop, 0, "sendgrid_connection_lost")]
    [InlineData(FaultKind.AcceptThen500, 0, "sendgrid_500")]
    [InlineData(FaultKind.Status, 503, "sendgrid_503")]
    public async Task What_may_have_gone_out_is_never_sent_again_and_a_person_decides(string kind, int status, string reason)
    {
        Sandbox.Faults.Add(new Fault { Vendor = Vendor.SendGrid, Kind = kind, Status = status, Count = 1 });
        var touch = await LeadAsync("ann@example.com", await LocationAsync());
        (await StatusAsync(touch, "unknown"))["reason"].ShouldBe(reason);

        await _app.Services.GetRequiredService<EmailWorker>().ParkAsync(TimeSpan.FromMinutes(15), CancellationToken.None);
        (await StatusAsync(touch, "unknown"))["reason"].ShouldBe(reason, "a quarter of an hour is not over");
        await _app.Services.GetRequiredService<EmailWorker>().ParkAsync(TimeSpan.Zero, CancellationToken.None);

        (await StatusAsync(touch, "needs_review"))["reason"].ShouldBe("sendgrid_cannot_tell");
        (await Database.ScalarAsync<long>("SELECT count(*) FROM message_attempts")).ShouldBe(1);
    }

    [Theory]
    [InlineData(FaultKind.RateLimited, 0)]
    public async Task What_was_surely_not_sent_is_tried_again(string kind, int status)
    {
        Sandbox.Faults.Add(new Fault { Vendor = Vendor.SendGrid, Kind = kind, Status = status, Count = 1 });
        var touch = await LeadAsync("ann@example.com", await LocationAsync());
        await StatusAsync(touch, "sent");

        Sandbox.SendGrid.Sent.Count.ShouldBe(1);
        (await Database.ColumnAsync<string>("SELECT status FROM message_attempts ORDER BY number")).ShouldBe(["not_sent", "accepted"]);
    }

    [Theory]
    [InlineData(400, "failed")]
    [InlineData(403, "needs_review")]
    public async Task What_is_refused_is_not_tried_again(int status, string becomes)
    {
        Sandbox.Faults.Add(new Fault { Vendor = Vendor.SendGrid, Kind = FaultKind.Status, Status = status, Count = 1 });
        (await StatusAsync(await LeadAsync("ann@example.com", await LocationAsync()), becomes))["reason"].ShouldBe($"sendgrid_{status}");
    }

    [Fact]
    public async Task SendGrid_that_cannot_be_reached_is_waited_for()
    {
        await UseAsync(("SENDGRID_BASE_URL", "http://127.0.0.1:9"));
        var touch = await LeadAsync("ann@example.com", await LocationAsync());
        var waiting = await Eventually.ValueAsync(
            async () => (await Database.RowsAsync("SELECT * FROM touch_points WHERE id = $1", touch))[0], row => (string?)row["reason"] == "sendgrid_unreachable", "the email to wait");
        waiting["status"].ShouldBe("scheduled");
    }

    [Theory]
    [InlineData(FaultKind.Denied, "needs_review", "sendgrid_401")]
    [InlineData(FaultKind.Status, "unknown", "sendgrid_503")]
    public async Task While_the_account_is_dead_few_emails_are_spoilt_and_the_others_go_out_when_it_is_well(string kind, string becomes, string reason)
    {
        Sandbox.Faults.Add(new Fault { Vendor = Vendor.SendGrid, Kind = kind, Status = 503, Count = Fault.Always });
        var location = await LocationAsync();
        await Task.WhenAll(Enumerable.Range(1, 50).Select(number => LeadAsync($"ann{number}@example.com", location)));
        await Eventually.ValueAsync(() => CountAsync("scheduled", "sendgrid_account_waits"), waiting => waiting >= 40, "the others to wait");
        Sandbox.Faults.Clear();

        await Eventually.ValueAsync(
            () => Database.ScalarAsync<long>("SELECT count(*) FROM touch_points WHERE step = 'greeting' AND status IN ('scheduled', 'sending')"), waiting => waiting == 0, "them to go out", TimeSpan.FromSeconds(60));

        var spoilt = await CountAsync(becomes, reason);
        spoilt.ShouldBeInRange(5, 8, "five, and a probe or two");
        Sandbox.SendGrid.Sent.Count.ShouldBe(50 - (int)spoilt);
        (await Database.ScalarAsync<long>("SELECT max(attempts)::bigint FROM touch_points")).ShouldBe(1, "waiting is no try");
    }

    [Fact]
    public async Task Whose_number_takes_no_texts_is_greeted_by_email_as_soon_as_Twilio_says_so()
    {
        var quote = await QuoteAsync("+15005550009", change: quote => quote with { Email = "mute@example.com", State = "TX" }); // the vendor's own test number for this

        await Eventually.TrueAsync(() => Sandbox.SendGrid.Sent.Count == 1, "the email");
        var greeting = await TouchAsync(quote.OrderId, "sent", "delivered");

        (greeting["channel"], greeting["reason"], greeting["attempts"]).ShouldBe(("email", "landline_phone", 2));
        Sandbox.SendGrid.Sent.ShouldHaveSingleItem().To.ShouldBe(["mute@example.com"]);
        var explained = await _staff.GetFromJsonAsync<JsonElement>($"/api/leads/{greeting["lead_id"]}/explain");
        var first = explained.GetProperty("items").EnumerateArray().First();
        (first.GetProperty("what").GetString(), first.GetProperty("channel").GetString(), first.GetProperty("step").GetString()).ShouldBe(("sent", "email", "greeting"));
        await this.StepAsync((Guid)greeting["lead_id"]!, "next_day", "scheduled");
    }

    [Fact]
    public async Task The_same_when_the_carrier_says_so_after_Twilio_took_it()
    {
        Sandbox.Faults.Add(new Fault { Vendor = Vendor.Twilio, Kind = FaultKind.Undelivered, Count = 1, Status = 30006 });
        var quote = await QuoteAsync("+15125550698", change: quote => quote with { Email = "landline@example.com" });

        await Eventually.TrueAsync(() => Sandbox.SendGrid.Sent.Count == 1, "the email");
        var greeting = await TouchAsync(quote.OrderId, "sent", "delivered");

        (greeting["channel"], greeting["reason"]).ShouldBe(("email", "landline_phone"));
        Sandbox.SendGrid.Sent[0].Text.ShouldContain("for a quote and our texts cannot reach you.", customMessage: "they gave a number");
        await this.StepAsync((Guid)greeting["lead_id"]!, "next_day", "scheduled");
        var explained = await _staff.GetFromJsonAsync<JsonElement>($"/api/leads/{greeting["lead_id"]}/explain");
        explained.GetProperty("next").GetProperty("reason").GetString().ShouldBe("landline_phone", "the text of the next day will not go out");
    }

    [Theory]
    [InlineData("UPDATE leads SET status = 'engaged'")]
    [InlineData("UPDATE leads SET external_created_at = external_created_at - interval '25 hours'")]
    [InlineData("UPDATE leads SET email = NULL")]
    [InlineData("UPDATE leads SET sequence_ended_as = 'human_takeover'")]
    public async Task Who_has_answered_asked_long_ago_or_has_no_address_is_not_greeted_by_email(string change)
    {
        var quote = await QuoteAsync("+15125550699", change: quote => quote with { Email = "late@example.com" });
        await TouchAsync(quote.OrderId, "delivered");
        await Database.ExecuteAsync("UPDATE touch_points SET status = 'failed', reason = 'twilio_30006', delivered_at = NULL WHERE step = 'greeting'");
        await Database.ExecuteAsync("UPDATE leads SET phone_type = 'landline'");
        await Database.ExecuteAsync(change);

        await using var transaction = await Database.Lead.BeginAsync(await TenantAsync(), CancellationToken.None);
        var lead = await Database.ScalarAsync<Guid>("SELECT id FROM leads");
        (await _app.Services.GetRequiredService<TouchPointStore>().GreetByEmailAsync(transaction, [lead], CancellationToken.None)).ShouldBeEmpty();
    }

    private Task<long> CountAsync(string status, string reason) =>
        Database.ScalarAsync<long>("SELECT count(*) FROM touch_points WHERE step = 'greeting' AND status = $1 AND reason = $2", status, reason);

    private async Task UseAsync(params (string, string?)[] changes)
    {
        if (_app is not null)
        {
            await StopAsync(_app);
        }

        _app = await StartAsync(changes);
        _staff = await SignedInAsync();
    }

    // The greeting's touch point of a lead without a phone.
    private async Task<Guid> LeadAsync(string email, Guid locationId, bool isTest = false)
    {
        using var answer = await _staff.PostAsJsonAsync("/api/leads", new { locationId, firstName = "Ann", email, isTest });
        var lead = await answer.Content.ReadFromJsonAsync<JsonElement>();
        lead.GetProperty("greeting").GetProperty("channel").GetString().ShouldBe("email");
        lead.GetProperty("greeting").GetProperty("reason").GetString().ShouldBe("no_phone");
        return await Database.ScalarAsync<Guid>("SELECT id FROM touch_points WHERE lead_id = $1", lead.GetProperty("id").GetGuid());
    }

    private Task<IReadOnlyDictionary<string, object?>> StatusAsync(Guid touch, string status) => Eventually.ValueAsync(
        async () => (await Database.RowsAsync("SELECT * FROM touch_points WHERE id = $1", touch))[0], row => (string?)row["status"] == status, $"the email to be {status}");

    private static string Unsubscribe(Mail mail) => ((string)mail.Request["personalizations"]![0]!["headers"]!["List-Unsubscribe"]!).Trim('<', '>');
}
