using System.Net;
using LeadOrchestrator.Orchestrator.Tests.Emails;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.Webhooks;

/// <summary>SendGrid tells what became of emails.</summary>
public sealed class SendGridEventsTests(MailShop shop) : IClassFixture<MailShop>
{
    [Fact]
    public async Task A_delivered_email_is_delivered_and_keeps_the_reason_why_it_went_by_email()
    {
        var ann = await shop.MailedAsync();

        (await TellAsync(ann, "processed", "delivered")).Status.ShouldBe(200);

        var touch = await shop.StatusAsync(ann.TouchPointId, "delivered");
        (touch["reason"], touch["provider_id"]).ShouldBe(("no_phone", ann.Mail.Id));
        touch["delivered_at"].ShouldNotBeNull();
        var attempt = await shop.RowAsync("message_attempts", ann.AttemptId);
        (attempt["status"], attempt["provider_status"], attempt["error_code"]).ShouldBe(("accepted", "delivered", (object?)null));
        (await shop.RowAsync("leads", ann.LeadId))["status"].ShouldBe("contacted");
    }

    [Fact]
    public async Task A_bounced_address_is_never_written_to_again_and_its_lead_cannot_be_reached()
    {
        var ann = await shop.MailedAsync();

        await TellAsync(ann, "bounce");

        (await shop.StatusAsync(ann.TouchPointId, "failed"))["reason"].ShouldBe("sendgrid_bounced");
        (await shop.RowAsync("leads", ann.LeadId))["status"].ShouldBe("unreachable");
        (await shop.RowAsync("message_attempts", ann.AttemptId))["error_code"].ShouldBe("sendgrid_bounced");
        await ForgetGreetingAsync(ann);
        var (_, again) = await shop.AskAsync(ann.Address);
        (await shop.StatusAsync(again, "suppressed"))["reason"].ShouldBe("address_bounced");
        shop.Sandbox.SendGrid.Sent.Count(mail => mail.To[0] == ann.Address).ShouldBe(1);
        // Nobody said no: there is nothing about consent.
        (await OptOutsAsync(ann)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_address_that_bounces_ends_the_emails_and_not_the_texts_after_them()
    {
        var ann = await shop.MailedAsync();
        await shop.StepAsync(ann.LeadId, "day_3", "scheduled");

        await TellAsync(ann, "bounce");

        (await shop.StepAsync(ann.LeadId, "day_3", "suppressed")).ShouldBe("address_bounced");
        (await shop.StepAsync(ann.LeadId, "day_7", "suppressed")).ShouldBe("no_phone", "it is planned, and says for itself why it is silent");
    }

    [Fact]
    public async Task What_was_blocked_for_the_moment_failed_and_its_address_stays_good()
    {
        var ann = await shop.MailedAsync();

        await TellAsync(ann, "blocked");

        (await shop.StatusAsync(ann.TouchPointId, "failed"))["reason"].ShouldBe("sendgrid_blocked");
        (await shop.RowAsync("leads", ann.LeadId))["status"].ShouldBe("contacted");
        await ForgetGreetingAsync(ann);
        await shop.StatusAsync((await shop.AskAsync(ann.Address)).TouchPointId, "sent");
    }

    [Fact]
    public async Task What_SendGrid_did_not_even_try_failed_for_its_reason()
    {
        var ann = await shop.MailedAsync();
        await TellAsync(ann, "dropped");
        (await shop.StatusAsync(ann.TouchPointId, "failed"))["reason"].ShouldBe("sendgrid_dropped_bounced");
        (await shop.Database.ScalarAsync<string>("SELECT suppression FROM email_addresses WHERE email = $1", ann.Address)).ShouldBe("address_bounced");
    }

    [Theory]
    [InlineData("spamreport")]
    [InlineData("unsubscribe")]
    [InlineData("group_unsubscribe")]
    public async Task Whoever_complains_or_unsubscribes_at_SendGrid_is_never_mailed_again_and_the_evidence_is_kept(string name)
    {
        var ann = await shop.MailedAsync();

        await TellAsync(ann, "delivered", name);
        await TellAsync(ann, name);

        (await shop.RowAsync("leads", ann.LeadId))["status"].ShouldBe("opted_out");
        var evidence = (await OptOutsAsync(ann)).ShouldHaveSingleItem();
        (evidence["channel"], evidence["lead_id"]).ShouldBe(("email", ann.LeadId));
        ((string)evidence["source"]!).ShouldStartWith("sendgrid event ");
        ((string)evidence["wording"]!).ShouldContain(name);
        await ForgetGreetingAsync(ann);
        (await shop.StatusAsync((await shop.AskAsync(ann.Address)).TouchPointId, "suppressed"))["reason"].ShouldBe("unsubscribed");
    }

    [Fact]
    public async Task The_same_batch_forty_times_is_worked_on_once()
    {
        var ann = await shop.MailedAsync();

        var last = await shop.Sandbox.SendGrid.TellAsync(ann.Mail, ["delivered", "open"], times: 40);

        last.Status.ShouldBe(200);
        var kept = await EventsAsync(ann);
        kept.Select(row => (row["operation"], row["status"], row["reason"])).ShouldBe(
            [("delivered", "done", null), ("open", "ignored", "not_counted_here")], ignoreOrder: true);
    }

    [Fact]
    public async Task One_batch_at_eight_doors_at_once_is_worked_on_once()
    {
        var ann = await shop.MailedAsync();
        var body = Batch(ann, ("spamreport", "race-1"), ("delivered", "race-2"));

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => shop.PostAsync(body)));

        answers.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.OK);
        (await EventsAsync(ann)).Count.ShouldBe(2);
        (await OptOutsAsync(ann)).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("processed,delivered,bounce", "failed")]
    [InlineData("bounce,delivered,processed", "failed")]
    [InlineData("delivered,processed,deferred", "delivered")]
    [InlineData("deferred,delivered,processed", "delivered")]
    public async Task In_whatever_order_events_come_the_furthest_stands(string order, string becomes)
    {
        var ann = await shop.MailedAsync();

        foreach (var name in order.Split(','))
        {
            await TellAsync(ann, name);
        }

        var touch = await shop.StatusAsync(ann.TouchPointId, becomes);
        (touch["delivered_at"] is not null).ShouldBe(becomes == "delivered");
    }

    [Theory]
    [InlineData("unknown", "sendgrid_500", "processed", "sent")]
    [InlineData("unknown", "sendgrid_connection_lost", "delivered", "delivered")]
    [InlineData("needs_review", "sendgrid_cannot_tell", "delivered", "delivered")]
    [InlineData("needs_review", "sendgrid_cannot_tell", "bounce", "failed")]
    public async Task An_email_of_which_nobody_knew_is_settled_by_what_SendGrid_tells(string status, string reason, string name, string becomes)
    {
        var ann = await shop.MailedAsync();
        await shop.Database.ExecuteAsync("UPDATE touch_points SET status = $2, reason = $3, provider_id = NULL WHERE id = $1", ann.TouchPointId, status, reason);
        await shop.Database.ExecuteAsync("UPDATE message_attempts SET status = 'unknown', provider_id = NULL WHERE id = $1", ann.AttemptId);

        await TellAsync(ann, name);

        (await shop.StatusAsync(ann.TouchPointId, becomes))["provider_id"].ShouldBe(ann.Mail.Id);
        (await shop.RowAsync("message_attempts", ann.AttemptId))["status"].ShouldBe("accepted");
    }

    [Fact]
    public async Task Events_that_overtake_the_answer_to_our_call_stand_and_the_answer_takes_nothing_back()
    {
        shop.Sandbox.Faults.Add(new Sandbox.Fault { Vendor = Sandbox.Vendor.SendGrid, Kind = Sandbox.FaultKind.CallbackFirst, Count = 1 });
        var address = $"early-{Guid.CreateVersion7():N}@example.com";
        var (lead, touch) = await shop.AskAsync(address);

        // The answer is written after the events: by then its attempt has an end.
        await Eventually.TrueAsync(
            async () => await shop.Database.ScalarAsync<bool>("SELECT finished_at IS NOT NULL AND status = 'accepted' FROM message_attempts WHERE touch_point_id = $1", touch), "the call to end");
        var settled = await shop.StatusAsync(touch, "delivered");
        settled["provider_id"].ShouldBe(shop.Sandbox.SendGrid.Sent.Single(mail => mail.To[0] == address).Id);
        (await shop.RowAsync("leads", lead))["status"].ShouldBe("contacted");
    }

    [Theory]
    [InlineData("needs_review", "no_postal_address")]
    [InlineData("cancelled", "replied")]
    [InlineData("suppressed", "opted_out")]
    public async Task What_was_ended_for_another_reason_stays_ended(string status, string reason)
    {
        var ann = await shop.MailedAsync();
        await shop.Database.ExecuteAsync("UPDATE touch_points SET status = $2, reason = $3 WHERE id = $1", ann.TouchPointId, status, reason);
        await TellAsync(ann, "delivered");
        (await shop.RowAsync("touch_points", ann.TouchPointId))["reason"].ShouldBe(reason);
    }

    [Fact]
    public async Task Events_of_emails_that_are_not_ours_are_taken_and_only_a_no_counts()
    {
        var stranger = $"stranger-{Guid.CreateVersion7():N}@example.com";
        string Event(string name, string more = "") => $$"""{"email":"{{stranger}}","event":"{{name}}","sg_event_id":"{{name}}-{{stranger}}"{{more}}}""";

        (await shop.PostAsync($"[{Event("bounce", $",\"attempt_id\":\"{Guid.CreateVersion7()}\"")},{Event("delivered")},7]")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM email_addresses WHERE email = $1", stranger)).ShouldBe(0);
        (await shop.PostAsync($"[{Event("unsubscribe")}]")).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await shop.StatusAsync((await shop.AskAsync(stranger)).TouchPointId, "suppressed"))["reason"].ShouldBe("unsubscribed");
        (await shop.Staff.GetStringAsync("/api/webhook-events?status=ignored&reason=unknown_message")).ShouldContain("was not sent from here");
    }

    [Fact]
    public async Task An_event_without_our_argument_is_known_by_SendGrids_id_of_the_email_and_its_address()
    {
        var (ann, bob) = (await shop.MailedAsync(), await shop.MailedAsync());
        string Event(string name, string address, string id) =>
            $$"""{"email":"{{address}}","event":"{{name}}","sg_event_id":"{{name}}-{{address}}-{{id}}","sg_message_id":"{{id}}.recvd-5f4c-2-1.0"}""";

        (await shop.PostAsync($"[{Event("bounce", ann.Address.ToUpperInvariant(), ann.Mail.Id)},{Event("bounce", bob.Address, "somebody-elses")},{Event("open", bob.Address, ann.Mail.Id)}]"))
            .StatusCode.ShouldBe(HttpStatusCode.OK);

        (await shop.StatusAsync(ann.TouchPointId, "failed"))["reason"].ShouldBe("sendgrid_bounced");
        (await EventsAsync(ann)).ShouldHaveSingleItem()["status"].ShouldBe("done");
        (await shop.RowAsync("touch_points", bob.TouchPointId))["status"].ShouldBe("sent");
    }

    [Fact]
    public async Task A_batch_that_SendGrid_did_not_sign_is_401_with_one_body_for_every_cause_and_changes_nothing()
    {
        var ann = await shop.MailedAsync();
        var body = Batch(ann, ("bounce", "forged"));
        var future = shop.Sandbox.Clock.Now.AddHours(1).ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);

        HttpResponseMessage[] answers =
        [
            await shop.PostAsync(body, signature: "forged"),
            await shop.PostAsync(body, signature: ""),
            await shop.PostAsync(body, signature: shop.Sandbox.SendGrid.Signature.Sign("1", System.Text.Encoding.UTF8.GetBytes(body))),
            await shop.PostAsync(body, timestamp: future),
            await shop.PostAsync("not json", signature: "forged"),
            await shop.PostAsync(body, path: "/webhooks/sendgrid/events/no-such-tenant"),
        ];

        answers.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.Unauthorized);
        (await Task.WhenAll(answers.Select(answer => answer.Content.ReadAsStringAsync()))).Distinct().Count().ShouldBe(1);
        (await shop.RowAsync("touch_points", ann.TouchPointId))["status"].ShouldBe("sent");
        (await EventsAsync(ann)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[{]")]
    [InlineData("[\"\u00e9")]
    public async Task A_signed_body_that_is_no_batch_is_400(string body) => (await shop.PostAsync(body)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);

    [Fact]
    public async Task A_body_over_a_mebibyte_is_413() =>
        (await shop.PostAsync(new string(' ', 1_100_000))).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);

    [Fact]
    public async Task A_batch_of_a_thousand_is_taken_at_once()
    {
        var ann = await shop.MailedAsync();
        var body = Batch(ann, [.. Enumerable.Range(0, 1_000).Select(number => ("open", $"thousand-{number}")), ("delivered", "thousand-x")]);
        (await shop.PostAsync(body)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await shop.StatusAsync(ann.TouchPointId, "delivered");
        (await EventsAsync(ann)).Count.ShouldBe(1_001);
    }

    private Task<Sandbox.Delivery> TellAsync(Mailed mailed, params string[] events) => shop.Sandbox.SendGrid.TellAsync(mailed.Mail, events);

    private static string Batch(Mailed mailed, params (string Name, string Id)[] events) => $"[{string.Join(',', events.Select(one =>
        $$"""{"email":"{{mailed.Address}}","event":"{{one.Name}}","sg_event_id":"{{one.Id}}-{{mailed.AttemptId:N}}","attempt_id":"{{mailed.AttemptId}}","timestamp":1}"""))}]";

    private Task<IReadOnlyList<IReadOnlyDictionary<string, object?>>> EventsAsync(Mailed mailed) =>
        shop.Database.RowsAsync("SELECT * FROM webhook_events WHERE provider = 'sendgrid' AND external_id = $1", mailed.AttemptId.ToString());

    private Task<IReadOnlyList<IReadOnlyDictionary<string, object?>>> OptOutsAsync(Mailed mailed) => shop.Database.RowsAsync("""
        SELECT e.* FROM consent_events e JOIN email_addresses a ON a.id = e.email_address_id WHERE a.email = $1 AND e.kind = 'opted_out'
        """, mailed.Address);

    // Whoever was greeted within a day is not greeted again; that is another matter.
    private Task<int> ForgetGreetingAsync(Mailed mailed) => shop.Database.ExecuteAsync(
        "UPDATE leads SET created_at = created_at - interval '3 days', person_id = NULL WHERE id = $1", mailed.LeadId);
}
