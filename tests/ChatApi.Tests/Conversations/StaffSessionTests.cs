using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeadOrchestrator.Sandbox.Models;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Messages;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.ChatApi.Tests.Conversations;

/// <summary>People: what staff see of the conversations, and that nobody who wants a person is left without one.</summary>
public sealed class StaffSessionTests(Scene scene) : IClassFixture<Scene>, IAsyncLifetime
{
    private HttpClient _staff = null!;

    public ValueTask InitializeAsync()
    {
        scene.Sandbox.Model.Script = "Ceramic tint is $399.00. It takes 240 min.";
        scene.Sandbox.Model.TokenDelay = TimeSpan.Zero;
        _staff = scene.Staff(Roles.Advisor);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _staff.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task What_staff_have_not_read_is_counted_until_they_have()
    {
        var customer = await scene.CustomerAsync();
        await customer.AskAsync("How much is tint?");
        var last = (await customer.AskAsync("And how long?"))[0].Seq;

        var session = await SessionAsync(customer);
        (session.GetProperty("unread").GetInt32(), session.GetProperty("lastCustomerSeq").GetInt64(), session.GetProperty("staffReadSeq").GetInt64()).ShouldBe((2, last, 0));
        (await ListAsync("unread=true")).ShouldContain(customer.SessionId);

        (await _staff.PostAsJsonAsync($"{customer.Path}/reads", new { seq = 1 })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await SessionAsync(customer)).GetProperty("unread").GetInt32().ShouldBe(1);
        await _staff.PostAsJsonAsync($"{customer.Path}/reads", new { seq = 1_000_000 });
        await _staff.PostAsJsonAsync($"{customer.Path}/reads", new { seq = 1 }); // what was read stays read
        (await SessionAsync(customer)).GetProperty("unread").GetInt32().ShouldBe(0);
        (await ListAsync("unread=true")).ShouldNotContain(customer.SessionId);
        await customer.AskAsync("Hello?");
        (await SessionAsync(customer)).GetProperty("unread").GetInt32().ShouldBe(1); // not read before it was written
    }

    [Fact]
    public async Task What_staff_have_answered_is_read()
    {
        var customer = await scene.CustomerAsync();
        await customer.AskAsync("How much is tint?");
        await _staff.PostAsync($"{customer.Path}/takeover", null);
        await customer.AskAsync("Are you there?");
        (await SessionAsync(customer)).GetProperty("unread").GetInt32().ShouldBe(2);

        (await _staff.PostAsJsonAsync($"{customer.Path}/staff-messages", new { content = "Yes, $399." })).EnsureSuccessStatusCode();

        (await SessionAsync(customer)).GetProperty("unread").GetInt32().ShouldBe(0);
        (await ListAsync("unread=true")).ShouldNotContain(customer.SessionId);
        await customer.AskAsync("Thanks!");
        (await SessionAsync(customer)).GetProperty("unread").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task The_list_pages_and_says_what_is_wrong_with_a_filter()
    {
        await scene.CustomerAsync();
        await scene.CustomerAsync();

        var first = await _staff.GetFromJsonAsync<JsonElement>("/api/chat/sessions?limit=1");
        var second = await _staff.GetFromJsonAsync<JsonElement>($"/api/chat/sessions?limit=1&cursor={first.GetProperty("nextCursor")}");

        second.GetProperty("items")[0].GetProperty("id").GetGuid().ShouldBeLessThan(first.GetProperty("items")[0].GetProperty("id").GetGuid());
        (await _staff.GetAsync("/api/chat/sessions?cursor=")).StatusCode.ShouldBe(HttpStatusCode.OK);
        var wrong = await _staff.GetAsync("/api/chat/sessions?mode=robot");
        wrong.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await wrong.Content.ReadAsStringAsync()).ShouldContain("mode must be ai, human, closed");
    }

    [Fact]
    public async Task A_customer_and_a_stranger_see_no_list_and_no_card()
    {
        var customer = await scene.CustomerAsync();
        foreach (var path in new[] { "/handover", "/pictures", $"/pictures/{Guid.CreateVersion7()}" })
        {
            (await customer.SendAsync(HttpMethod.Get, path)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized, path);
        }

        (await scene.Chat.Http.GetAsync("/api/chat/sessions")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await _staff.GetAsync($"/api/chat/sessions/{Guid.CreateVersion7()}/handover")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await _staff.PostAsJsonAsync($"/api/chat/sessions/{Guid.CreateVersion7()}/reads", new { seq = 1 })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await _staff.PostAsJsonAsync($"{customer.Path}/reads", new { })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Who_wants_a_person_waits_until_one_takes_the_conversation()
    {
        var customer = await WantsPersonAsync("a scratch on the door");
        var leadId = await LeadAsync(customer);
        await PlanAsync(leadId);

        (await ListAsync("waiting=true")).ShouldContain(customer.SessionId);
        (await _staff.PostAsync($"{customer.Path}/takeover", null)).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await ListAsync("waiting=true")).ShouldNotContain(customer.SessionId);
        (await scene.Database.ColumnAsync<string>("SELECT action FROM review_items WHERE lead_id = $1 AND kind = 'person_wanted'", leadId)).ShouldBe(["taken_over"]);
        (await scene.Database.ScalarAsync<bool>("SELECT taken_by IS NOT NULL FROM handovers WHERE session_id = $1", customer.SessionId)).ShouldBeTrue();
        (await TouchesAsync(leadId)).ShouldBe(["day-2 cancelled human_takeover"]);
    }

    [Fact]
    public async Task Whoever_has_taken_a_conversation_over_is_named_in_the_list_and_on_the_card_until_it_is_given_back()
    {
        var customer = await scene.CustomerAsync();
        await _staff.PostAsync($"{customer.Path}/takeover", null);

        await scene.Database.ExecuteAsync("""
            INSERT INTO users (tenant_id, id, email, password_hash, name, role, created_at, updated_at)
            SELECT tenant_id, taken_by, taken_by || '@example.com', '', 'Bob', 'advisor', now(), now() FROM chat_sessions WHERE id = $1 ON CONFLICT DO NOTHING
            """, customer.SessionId);

        var (listed, card) = (await SessionAsync(customer), await CardAsync(customer));

        (listed.GetProperty("takenBy").GetGuid(), listed.GetProperty("takenByName").GetString()).ShouldBe((card.GetProperty("takenBy").GetGuid(), "Bob"));
        await _staff.DeleteAsync($"{customer.Path}/takeover");
        (await SessionAsync(customer)).GetProperty("takenBy").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task Who_answers_has_taken_it_and_who_settles_the_item_too()
    {
        var first = await WantsPersonAsync("a quote");
        (await _staff.PostAsJsonAsync($"{first.Path}/staff-messages", new { content = "I am Bob." })).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await ListAsync("waiting=true")).ShouldNotContain(first.SessionId);

        var second = await WantsPersonAsync("a quote");
        await scene.Database.ExecuteAsync("UPDATE review_items SET resolved_at = now(), action = 'dismiss' WHERE lead_id = $1", await LeadAsync(second));
        (await ListAsync("waiting=true")).ShouldNotContain(second.SessionId);
    }

    [Fact]
    public async Task A_takeover_ends_what_was_planned_and_the_answers_that_are_not_out_and_leaves_what_staff_wrote()
    {
        var customer = await scene.CustomerAsync();
        var leadId = await LeadAsync(customer);
        var (own, reply) = (await MessageAsync(customer, "staff"), await MessageAsync(customer, "system"));
        await PlanAsync(leadId);
        await PlanAsync(leadId, "reply-2", reply, repliesTo: true);
        await PlanAsync(leadId, "staff-1", own);

        await _staff.PostAsync($"{customer.Path}/takeover", null);

        (await TouchesAsync(leadId)).ShouldBe(["day-2 cancelled human_takeover", "reply-2 cancelled human_takeover", "staff-1 scheduled "]);
    }

    [Fact]
    public async Task The_card_tells_in_ten_seconds_who_it_is_and_what_was_said()
    {
        var customer = await scene.CustomerAsync();
        await customer.AskAsync("How much is tint?");
        await WantsPersonAsync("the black film", customer);

        var card = await _staff.GetFromJsonAsync<JsonElement>($"{customer.Path}/handover");

        (card.GetProperty("car").GetString(), card.GetProperty("wish").GetString(), card.GetProperty("language").GetString(), card.GetProperty("mode").GetString())
            .ShouldBe(("2021 Honda Civic", "the black film", "en", "human"));
        var price = card.GetProperty("pricesSaid").EnumerateArray().ShouldHaveSingleItem();
        price.GetProperty("text").GetString().ShouldBe("Ceramic tint is $399.00.");
        price.GetProperty("saidAt").GetDateTimeOffset().ShouldBe(scene.Sandbox.Clock.Now, TimeSpan.FromMinutes(5));
        card.GetProperty("promises")[0].GetProperty("text").GetString().ShouldBe("I've told the shop.");
        card.GetProperty("lastMessages").GetArrayLength().ShouldBe(5); // the notice of the handover, too
        card.GetProperty("waitsSince").ValueKind.ShouldBe(JsonValueKind.String);
        card.GetProperty("openNow").GetBoolean().ShouldBeTrue();
        card.GetProperty("appointments").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task The_card_keeps_what_a_person_was_asked_for_while_the_customer_waits_again()
    {
        var customer = await WantsPersonAsync("a scratch on the door");
        await _staff.PostAsync($"{customer.Path}/takeover", null);
        (await CardAsync(customer)).GetProperty("waitsSince").ValueKind.ShouldBe(JsonValueKind.Null);

        await customer.AskAsync("hello?");

        var card = await CardAsync(customer);
        card.GetProperty("wish").GetString().ShouldBe("a scratch on the door");
        card.GetProperty("waitsSince").ValueKind.ShouldBe(JsonValueKind.String);
    }

    [Fact]
    public async Task The_card_tells_the_new_wish_once_staff_have_answered_the_old_one()
    {
        var customer = await WantsPersonAsync("a refund");
        (await _staff.PostAsJsonAsync($"{customer.Path}/staff-messages", new { content = "It is on its way." })).EnsureSuccessStatusCode();

        await customer.AskAsync("Can you redo my windshield?");

        (await CardAsync(customer)).GetProperty("wish").GetString().ShouldBe("Can you redo my windshield?");
    }

    [Fact]
    public async Task Who_is_handed_over_without_a_wish_waits_with_their_own_last_words()
    {
        scene.Sandbox.Model.Enqueue(new ModelAnswer("", "fetch_person", []));
        scene.Sandbox.Model.Enqueue(new ModelAnswer("I've told the shop."));
        var customer = await scene.CustomerAsync();

        await customer.AskAsync("Who can look at this scratch?");

        (await CardAsync(customer)).GetProperty("wish").GetString().ShouldBe("Who can look at this scratch?");
    }

    private Task<JsonElement> CardAsync(Customer customer) => _staff.GetFromJsonAsync<JsonElement>($"{customer.Path}/handover");

    [Fact]
    public async Task The_card_has_what_stands_and_is_held_and_nothing_that_is_over()
    {
        var customer = await scene.CustomerAsync();
        await BookedAsync(customer, "2026-11-20T16:00Z", "confirmed", null);
        await BookedAsync(customer, "2026-12-01T16:00Z", "confirmed", null);
        await BookedAsync(customer, "2026-12-02T16:00Z", "held", "2026-11-23T15:00Z");

        var card = await _staff.GetFromJsonAsync<JsonElement>($"{customer.Path}/handover");

        card.GetProperty("appointments").EnumerateArray().Select(appointment => $"{appointment.GetProperty("startsAt").GetString()} {appointment.GetProperty("status").GetString()}")
            .ShouldBe(["2026-12-01T16:00:00.000Z confirmed"]);
    }

    [Fact]
    public async Task After_hours_the_model_is_told_when_somebody_will_answer()
    {
        await using var clock = await HttpClock.StartAsync(new DateTimeOffset(2026, 11, 24, 4, 0, 0, TimeSpan.Zero)); // Monday, 22:00 in Chicago
        await using var server = await scene.StartAsync(("TEST_CLOCK_URL", clock.Url.ToString()));
        var customer = await scene.CustomerAsync(server);

        await WantsPersonAsync("a quote", customer);

        scene.Sandbox.Model.Calls[^1].ToolResults.ShouldHaveSingleItem().ShouldContain("It is closed now, and a person answers here when it opens");
        scene.Sandbox.Model.Calls[^1].ToolResults[0].ShouldContain("Tuesday 24 Nov at 08:00");
        (await customer.HistoryAsync()).ShouldContain(message => message.GetProperty("content").GetString() == "The shop is closed now. A person answers when it opens: Tuesday, November 24, at 8:00 AM.");
    }

    [Theory]
    [InlineData("please stop texting me", "We will not text or email you any more.")]
    [InlineData("por favor no me manden más mensajes de texto", "Ya no le enviaremos mensajes de texto ni correos.")]
    public async Task An_opt_out_in_the_chat_is_confirmed_there_once(string words, string notice)
    {
        var customer = await WithPhoneAsync();

        await customer.AskAsync(words);
        await customer.AskAsync(words);

        (await customer.HistoryAsync()).Where(message => message.GetProperty("role").GetString() == "system").ShouldHaveSingleItem()
            .GetProperty("content").GetString()!.ShouldStartWith(notice);
    }

    [Fact]
    public async Task Pictures_are_for_the_staff_of_their_own_franchise()
    {
        var customer = await scene.CustomerAsync();
        var message = await MessageAsync(customer, "customer");
        var id = Guid.CreateVersion7();
        await scene.Database.ExecuteAsync("""
            INSERT INTO message_pictures (tenant_id, id, session_id, message_id, position, source_url, status, next_try_at, content_type, content, created_at)
            SELECT tenant_id, $2, id, $3, 0, 'x', 'stored', now(), 'image/png', '\x89504e47', now() FROM chat_sessions WHERE id = $1
            """, customer.SessionId, id, message);

        var list = await _staff.GetFromJsonAsync<JsonElement>($"{customer.Path}/pictures");
        using var answer = await _staff.GetAsync($"{customer.Path}/pictures/{id}");

        list.GetProperty("items")[0].GetProperty("id").GetGuid().ShouldBe(id);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("image/png");
        answer.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("default-src 'none'");
        (await answer.Content.ReadAsByteArrayAsync()).ShouldBe([0x89, 0x50, 0x4E, 0x47]);
        var other = await scene.CustomerAsync();
        (await _staff.GetAsync($"{other.Path}/pictures/{id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private async Task<Customer> WantsPersonAsync(string wish, Customer? customer = null)
    {
        scene.Sandbox.Model.Enqueue(new ModelAnswer("", "fetch_person", new JsonObject { ["wish"] = wish }));
        scene.Sandbox.Model.Enqueue(new ModelAnswer("I've told the shop."));
        customer ??= await scene.CustomerAsync();
        (await customer.AskAsync("Who can look at this?"))[^1].Type.ShouldBe("answer.completed");
        return customer;
    }

    private async Task<Customer> WithPhoneAsync()
    {
        var (leadId, code) = await scene.LeadAsync();
        var contact = Guid.CreateVersion7();
        await scene.Database.ExecuteAsync("INSERT INTO contacts (tenant_id, id, phone, created_at, updated_at) VALUES ($1, $2, $3, now(), now())",
            scene.TenantId, contact, $"+1512{Random.Shared.Next(2_000_000, 9_999_999)}");
        await scene.Database.ExecuteAsync("UPDATE leads SET contact_id = $2 WHERE id = $1", leadId, contact);
        return await Customer.OpenAsync(scene.Chat, code);
    }

    private Task<int> BookedAsync(Customer customer, string startsAt, string status, string? expiresAt) => scene.Database.ExecuteAsync("""
        INSERT INTO appointments (tenant_id, id, lead_id, location_id, service_id, bay_id, starts_at, ends_at, status, price_cents, expires_at, created_at, updated_at)
        SELECT l.tenant_id, gen_random_uuid(), l.id, l.location_id, c.id, b.id, $2::timestamptz, $2::timestamptz + interval '1 hour', $3, 39900, nullif($4, '')::timestamptz, now(), now()
        FROM chat_sessions s JOIN leads l ON l.id = s.lead_id JOIN service_catalog c ON c.location_id = l.location_id JOIN bays b ON b.location_id = l.location_id
        WHERE s.id = $1
        """, customer.SessionId, startsAt, status, expiresAt ?? "");

    private Task<Guid> LeadAsync(Customer customer) => scene.Database.ScalarAsync<Guid>("SELECT lead_id FROM chat_sessions WHERE id = $1", customer.SessionId);

    private async Task<Guid> MessageAsync(Customer customer, string role)
    {
        await using var transaction = await scene.Database.Lead.BeginAsync(scene.TenantId, CancellationToken.None);
        var appended = await scene.Chat.Get<MessageStore>().AppendAsync(
            transaction, new NewThreadMessage(customer.SessionId, role, MessageChannels.Sms, "Words") { IsQuestion = false }, CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
        return appended.Message.Id;
    }

    private Task<int> PlanAsync(Guid leadId, string step = "day-2", Guid? messageId = null, bool repliesTo = false) => scene.Database.ExecuteAsync("""
        INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, due_at, expires_at, message_id, replies_to_at, created_at, updated_at)
        VALUES ($1, $2, $3, $4, 'sms', 'scheduled', now(), now() + interval '1 day', nullif($5, '00000000-0000-0000-0000-000000000000'::uuid), CASE WHEN $6 THEN now() END, now(), now())
        """, scene.TenantId, Guid.CreateVersion7(), leadId, step, messageId ?? Guid.Empty, repliesTo);

    private Task<IReadOnlyList<string>> TouchesAsync(Guid leadId) =>
        scene.Database.ColumnAsync<string>("SELECT step || ' ' || status || ' ' || coalesce(reason, '') FROM touch_points WHERE lead_id = $1 ORDER BY step", leadId);

    private async Task<JsonElement> SessionAsync(Customer customer) =>
        (await _staff.GetFromJsonAsync<JsonElement>($"/api/chat/sessions?leadId={await LeadAsync(customer)}")).GetProperty("items").EnumerateArray().ShouldHaveSingleItem();

    private async Task<IReadOnlyList<Guid>> ListAsync(string filter) =>
        [.. (await _staff.GetFromJsonAsync<JsonElement>($"/api/chat/sessions?limit=200&{filter}")).GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetGuid())];
}
