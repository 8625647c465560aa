using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeadOrchestrator.Orchestrator.Cadences;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.Cadences;

/// <summary>/api/cadences: versions, which one counts where, what they say and cost, and what would happen.</summary>
public sealed partial class CadenceEndpointsTests(Shop shop) : IClassFixture<Shop>
{
    private const string Words = "Hi[ {firstName}], {shop} here: {link} Reply STOP to opt out.";

    [Fact]
    public async Task A_new_version_is_kept_with_its_cost_and_counts_only_once_it_is_activated()
    {
        var tenant = await shop.OtherTenantAsync();
        var location = await shop.LocationAsync(tenantId: tenant);
        using var staff = await shop.SignedInAsync(Roles.Manager, tenant);
        (await ListAsync(staff)).ShouldHaveSingleItem().GetProperty("isActive").GetBoolean().ShouldBeTrue("the product's own one counts first");

        var first = await MadeAsync(staff, Words);
        (first.GetProperty("version").GetInt32(), first.GetProperty("isActive").GetBoolean()).ShouldBe((1, false));
        var estimate = first.GetProperty("steps")[0].GetProperty("variants")[0].GetProperty("estimate");
        (estimate.GetProperty("encoding").GetString(), estimate.GetProperty("segments").GetInt32(), estimate.GetProperty("mostSegments").GetInt32()).ShouldBe(("GSM-7", 1, 2));
        first.GetProperty("mostCostMicros").GetInt64().ShouldBe(25_600);

        var second = await MadeAsync(staff, Words, location);
        (await MadeAsync(staff, Words)).GetProperty("version").GetInt32().ShouldBe(2);
        second.GetProperty("version").GetInt32().ShouldBe(1, "a shop's versions are counted by themselves");
        await ActivateAsync(staff, first);
        await ActivateAsync(staff, second);
        var book = new CadenceBook(new CadenceStore(shop.Database.Lead, TimeProvider.System));
        await using var transaction = await shop.Database.Lead.BeginAsync(tenant, CancellationToken.None);
        var active = await book.ActiveAsync(transaction, CancellationToken.None);
        active.For(location).Id.ShouldBe(Id(second));
        active.For(Guid.CreateVersion7()).Id.ShouldBe(Id(first));
        (await staff.DeleteAsync($"/api/cadences/{Id(second)}/activation")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        book.Changed(tenant);
        (await book.ActiveAsync(transaction, CancellationToken.None)).For(location).Id.ShouldBe(Id(first));
        (await ListAsync(staff))[^1].GetProperty("isActive").GetBoolean().ShouldBeFalse();
        (await shop.Database.ColumnAsync<string>("SELECT action FROM audit_events WHERE tenant_id = $1 ORDER BY id", tenant))
            .ShouldBe(["cadence_made", "cadence_made", "cadence_made", "cadence_activated", "cadence_activated", "cadence_deactivated"]);
    }

    [Fact]
    public async Task A_dry_run_says_what_it_would_cost_and_keeps_nothing()
    {
        var tenant = await shop.OtherTenantAsync();
        using var staff = await shop.SignedInAsync(Roles.Owner, tenant);

        var answer = await staff.PostAsJsonAsync("/api/cadences?dryRun=true", Body("Hi, {shop} ☀ {link} Reply STOP to opt out."));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var estimate = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("steps")[0].GetProperty("variants")[0].GetProperty("estimate");
        (estimate.GetProperty("encoding").GetString(), estimate.GetProperty("segments").GetInt32()).ShouldBe(("UCS-2", 2));
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM cadences WHERE tenant_id = $1", tenant)).ShouldBe(0);
    }

    [Fact]
    public async Task What_is_wrong_is_answered_with_the_step_and_the_field()
    {
        using var staff = await shop.SignedInAsync();
        var answer = await staff.PostAsJsonAsync("/api/cadences", Body("Hi {name}, {shop} {link} Reply STOP to opt out.", Guid.CreateVersion7()));
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var errors = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors");
        errors.GetProperty("steps[0].variants[0].text")[0].GetString().ShouldStartWith("{name} is not known");
        errors.GetProperty("locationId")[0].GetString().ShouldBe("The franchise has no such shop.");
    }

    [Fact]
    public async Task A_misspelt_member_is_refused_and_no_step_loses_its_condition_by_it()
    {
        using var staff = await shop.SignedInAsync();
        var answer = await staff.PostAsJsonAsync("/api/cadences", new
        {
            name = "Typo", steps = new object[]
            {
                new { name = "greeting", channel = "sms", variants = new[] { new { text = Words } } },
                new { name = "later", channel = "sms", delayDays = 1, condition = new[] { "greeting_delivered" }, variants = new[] { new { text = Words } } },
            },
        });
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject().Select(field => field.Name).ShouldBe(["steps[1].condition"]);
    }

    [Fact]
    public async Task What_is_read_of_a_cadence_may_be_changed_and_given_back_as_a_new_version()
    {
        using var staff = await shop.SignedInAsync();
        var cadence = (await staff.GetFromJsonAsync<JsonNode>($"/api/cadences/{Cadence.UsualId}"))!;
        cadence["steps"]![1]!["delayDays"] = 2;

        var made = await staff.PostAsJsonAsync("/api/cadences?dryRun=true", cadence);

        made.IsSuccessStatusCode.ShouldBeTrue(await made.Content.ReadAsStringAsync());
        (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("steps")[1].GetProperty("when").GetString().ShouldBe("on day 2 at 10:30");
    }

    [Fact]
    public async Task In_a_simulation_a_night_leaves_the_pauses_between_steps_as_they_are()
    {
        using var staff = await shop.SignedInAsync();
        await shop.LocationAsync();
        var made = await MadeAsync(staff, new
        {
            name = "Soon", steps = new[] { 0, 15, 60 }.Select(minutes => new { name = minutes == 0 ? "greeting" : $"m{minutes}", channel = "sms", delayMinutes = minutes, variants = new[] { new { text = Words } } }),
        });

        var month = await (await staff.PostAsJsonAsync($"/api/cadences/{Id(made)}/simulations", new { startsAt = "2026-11-24T04:00:00Z" })).Content.ReadFromJsonAsync<JsonElement>();

        Lines(month).ShouldBe(["greeting sent 2026-11-24T15:00:00.000Z", "m15 sent 2026-11-24T15:15:00.000Z", "m60 sent 2026-11-24T16:00:00.000Z"]);
    }

    [Fact]
    public async Task In_a_simulation_a_text_outlives_the_longest_closing_of_a_state()
    {
        using var staff = await shop.SignedInAsync();
        var lead = await LeadAsync(staff, await shop.LocationAsync(), "+15125550615");
        await shop.Database.ExecuteAsync("UPDATE leads SET address_state = 'PA' WHERE id = $1", lead);

        // Juneteenth is a Saturday in 2027: Friday, Saturday and Sunday are closed.
        var month = await (await staff.PostAsJsonAsync($"/api/cadences/{Cadence.UsualId}/simulations", new { leadId = lead, startsAt = "2027-06-18T00:45:00Z" })).Content.ReadFromJsonAsync<JsonElement>();

        Lines(month)[0].ShouldBe("greeting sent 2027-06-21T13:00:00.000Z");
    }

    [Fact]
    public async Task Advisors_read_and_try_and_do_not_change_and_other_franchises_cadences_are_not_there()
    {
        using var manager = await shop.SignedInAsync(Roles.Manager);
        var made = await MadeAsync(manager, Words);
        using var advisor = await shop.SignedInAsync(Roles.Advisor);
        (await advisor.PostAsJsonAsync("/api/cadences", Body(Words))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await advisor.PostAsync($"/api/cadences/{Id(made)}/activation", null)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await advisor.GetAsync($"/api/cadences/{Id(made)}")).StatusCode.ShouldBe(HttpStatusCode.OK);

        using var stranger = await shop.SignedInAsync(Roles.Owner, await shop.OtherTenantAsync());
        foreach (var answer in (HttpResponseMessage[])[
            await stranger.GetAsync($"/api/cadences/{Id(made)}"), await stranger.PostAsync($"/api/cadences/{Id(made)}/activation", null),
            await stranger.DeleteAsync($"/api/cadences/{Id(made)}/activation"), await stranger.PostAsJsonAsync($"/api/cadences/{Id(made)}/simulations", new { }),
            await stranger.PostAsJsonAsync($"/api/cadences/{Id(made)}/previews", new { leadId = Guid.CreateVersion7() })])
        {
            answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }
    }

    [Fact]
    public async Task A_preview_shows_every_wording_for_a_real_lead_and_which_one_it_gets()
    {
        using var staff = await shop.SignedInAsync();
        var location = await shop.LocationAsync();
        var lead = await LeadAsync(staff, location, "+15125550611");
        var made = await MadeAsync(staff, new
        {
            name = "Two wordings",
            steps = new object[]
            {
                new { name = "greeting", channel = "sms", variants = new object[] { new { text = Words }, new { text = "{shop}: your quote[ for the {vehicle}]: {link} Reply STOP to opt out." } } },
                new { name = "mail", channel = "email", delayDays = 2, variants = new object[] { new { subject = "From {shop}", text = "Hello {firstName}\n\n{link}" } } },
            },
        });

        var preview = await (await staff.PostAsJsonAsync($"/api/cadences/{Id(made)}/previews", new { leadId = lead })).Content.ReadFromJsonAsync<JsonElement>();

        var steps = preview.GetProperty("steps").EnumerateArray().ToList();
        steps.Select(step => step.GetProperty("variant").GetString()).ShouldBe(["A", "B", "A"]);
        steps[0].GetProperty("text").GetString().ShouldBe("Hi Ann, Acme Tint North here: {link} Reply STOP to opt out.");
        steps[1].GetProperty("text").GetString().ShouldBe("Acme Tint North: your quote for the 2021 Honda Civic: {link} Reply STOP to opt out.");
        steps[2].GetProperty("subject").GetString().ShouldBe("From Acme Tint North");
        steps[2].GetProperty("html").GetString()!.ShouldContain("Hello Ann");
        steps.Count(step => step.GetProperty("isChosen").GetBoolean()).ShouldBe(2);
        preview.GetProperty("costMicros").GetInt64().ShouldBe(12_800 + 400);
        (await staff.PostAsJsonAsync($"/api/cadences/{Id(made)}/previews", new { leadId = Guid.CreateVersion7() })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_simulated_month_says_what_is_sent_what_waits_for_the_morning_and_what_a_reply_stops()
    {
        using var staff = await shop.SignedInAsync();
        await shop.LocationAsync();
        // Saturday, 18:30 at the shop: texting is allowed again on Sunday at noon.
        var url = $"/api/cadences/{Cadence.UsualId}/simulations";
        var month = await (await staff.PostAsJsonAsync(url, new { startsAt = "2026-11-22T04:30:00Z" })).Content.ReadFromJsonAsync<JsonElement>();
        Lines(month).ShouldBe(
        [
            "greeting sent 2026-11-22T18:00:00.000Z", "next_day sent 2026-11-23T16:30:00.000Z", "day_3 sent 2026-11-24T16:30:00.000Z", "day_7 sent 2026-11-28T16:30:00.000Z",
        ]);
        var waited = month.GetProperty("touches")[0].GetProperty("deferrals").EnumerateArray().ShouldHaveSingleItem();
        waited.GetProperty("reason").GetString().ShouldBe("outside_legal_hours");
        month.GetProperty("ends").GetString().ShouldBe("last_step");

        var stopped = await (await staff.PostAsJsonAsync(url, new { startsAt = "2026-11-23T16:00:00Z", replyAfter = "P2D" })).Content.ReadFromJsonAsync<JsonElement>();
        Lines(stopped).ShouldBe(["greeting sent 2026-11-23T16:00:00.000Z", "next_day sent 2026-11-24T16:30:00.000Z", "day_3 cancelled 2026-11-25T16:00:00.000Z"]);
        stopped.GetProperty("ends").GetString().ShouldBe("replied");
        (await staff.PostAsync(url, null)).StatusCode.ShouldBe(HttpStatusCode.OK, "everything in it may be left out");
        (await staff.PostAsJsonAsync(url, new { replyAfter = "two days" })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await staff.PostAsJsonAsync(url, new { replyAfter = "P900D" })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await staff.PostAsJsonAsync(url, new { leadId = Guid.CreateVersion7() })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM leads WHERE first_name = 'Jordan'")).ShouldBe(0, "a trial writes nothing");
    }

    [Fact]
    public async Task A_simulation_of_a_shops_own_cadence_runs_at_that_shop()
    {
        using var staff = await shop.SignedInAsync();
        await shop.LocationAsync();
        var own = await shop.LocationAsync();
        await shop.Database.ExecuteAsync("UPDATE locations SET name = 'Bay City Glass', timezone = 'America/Los_Angeles' WHERE id = $1", own);
        var made = await MadeAsync(staff, Words, own);

        var month = await (await staff.PostAsJsonAsync($"/api/cadences/{Id(made)}/simulations", new { startsAt = "2026-11-23T18:00:00Z" })).Content.ReadFromJsonAsync<JsonElement>();

        month.GetProperty("touches")[0].GetProperty("text").GetString()!.ShouldContain("Bay City Glass");
    }

    [Theory]
    [InlineData("""
        INSERT INTO email_addresses (tenant_id, id, email, suppression, suppressed_at, created_at, updated_at)
        SELECT tenant_id, gen_random_uuid(), email, 'address_bounced', '2026-11-23Z', '2026-11-23Z', '2026-11-23Z' FROM leads WHERE id = $1
        ON CONFLICT (tenant_id, email) DO UPDATE SET suppression = excluded.suppression, suppressed_at = excluded.suppressed_at
        """, "address_bounced")]
    [InlineData("""
        WITH other AS (
            INSERT INTO contacts (tenant_id, id, phone, opted_out_at, created_at, updated_at)
            SELECT tenant_id, gen_random_uuid(), '+15125550688', '2026-11-23Z', '2026-11-23Z', '2026-11-23Z' FROM leads WHERE id = $1
        )
        INSERT INTO person_keys (tenant_id, id, person_id, kind, value, created_at)
        SELECT tenant_id, gen_random_uuid(), person_id, 'phone', '+15125550688', '2026-11-23Z' FROM leads WHERE id = $1
        """, "opted_out")]
    public async Task A_simulation_mails_nobody_whom_the_gate_would_not(string change, string reason)
    {
        using var staff = await shop.SignedInAsync();
        var lead = await shop.LeadByApiAsync(staff, await shop.LocationAsync(), null, $"trial-{reason}@example.com");
        await shop.Database.ExecuteAsync(change, lead);

        var month = await (await staff.PostAsJsonAsync($"/api/cadences/{Cadence.UsualId}/simulations", new { leadId = lead })).Content.ReadFromJsonAsync<JsonElement>();

        var first = month.GetProperty("touches")[0];
        (first.GetProperty("status").GetString(), first.GetProperty("reason").GetString()).ShouldBe(("suppressed", reason));
        (await staff.PostAsJsonAsync($"/api/cadences/{Cadence.UsualId}/previews", new { })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_simulation_knows_where_the_lead_lives()
    {
        using var staff = await shop.SignedInAsync();
        var lead = await LeadAsync(staff, await shop.LocationAsync(), "+15125550612");
        await shop.Database.ExecuteAsync("UPDATE leads SET address_state = 'PA' WHERE id = $1", lead);

        // Sunday noon in Texas, where the number is from: in Pennsylvania nobody is texted on a Sunday.
        var month = await (await staff.PostAsJsonAsync($"/api/cadences/{Cadence.UsualId}/simulations", new { leadId = lead, startsAt = "2026-11-29T18:30:00Z" })).Content.ReadFromJsonAsync<JsonElement>();

        Lines(month)[0].ShouldBe("greeting sent 2026-11-30T14:00:00.000Z");
    }

    [Fact]
    public async Task In_a_simulation_the_texts_before_count_against_the_cap_of_the_next()
    {
        using var staff = await shop.SignedInAsync();
        await shop.LocationAsync();
        var made = await MadeAsync(staff, new
        {
            name = "Every hour",
            steps = Enumerable.Range(0, 5).Select(hour => new { name = hour == 0 ? "greeting" : $"hour_{hour}", channel = "sms", delayMinutes = hour * 60, variants = new[] { new { text = Words } } }),
        });

        var month = await (await staff.PostAsJsonAsync($"/api/cadences/{Id(made)}/simulations", new { startsAt = "2026-11-23T16:00:00Z" })).Content.ReadFromJsonAsync<JsonElement>();

        var fourth = month.GetProperty("touches")[3];
        fourth.GetProperty("at").GetString().ShouldBe("2026-11-24T17:00:00.000Z", "25 hours after the first");
        fourth.GetProperty("deferrals")[0].GetProperty("reason").GetString().ShouldBe("frequency_cap");
    }

    [Theory]
    [InlineData("9999-12-31T23:59:59Z")]
    [InlineData("0001-01-01T00:00:00Z")]
    public async Task A_simulation_at_the_end_of_all_dates_is_refused_with_a_sentence(string startsAt)
    {
        using var staff = await shop.SignedInAsync();
        var refused = await staff.PostAsJsonAsync($"/api/cadences/{Cadence.UsualId}/simulations", new { startsAt });
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").GetProperty("startsAt")[0].GetString().ShouldBe("It is at most ten years from now.");
    }

    private static List<string> Lines(JsonElement month) => [.. month.GetProperty("touches").EnumerateArray()
        .Select(touch => $"{touch.GetProperty("step").GetString()} {touch.GetProperty("status").GetString()} {touch.GetProperty("at").GetString()}")];

    private static async Task<Guid> LeadAsync(HttpClient staff, Guid locationId, string phone)
    {
        using var answer = await staff.PostAsJsonAsync("/api/leads", new { locationId, firstName = "Ann", phone, vehicle = "2021 Honda Civic" });
        return Id(await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    private static async Task<IReadOnlyList<JsonElement>> ListAsync(HttpClient staff) =>
        [.. (await staff.GetFromJsonAsync<JsonElement>("/api/cadences")).GetProperty("items").EnumerateArray()];

    private static object Body(string words, Guid? locationId = null) =>
        new { name = "Ours", locationId, steps = new[] { new { name = "greeting", channel = "sms", variants = new[] { new { text = words } } } } };

    private static Task<JsonElement> MadeAsync(HttpClient staff, string words, Guid? locationId = null) => MadeAsync(staff, Body(words, locationId));

    private static async Task<JsonElement> MadeAsync(HttpClient staff, object body)
    {
        using var answer = await staff.PostAsJsonAsync("/api/cadences", body);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static async Task ActivateAsync(HttpClient staff, JsonElement cadence)
    {
        using var answer = await staff.PostAsync($"/api/cadences/{Id(cadence)}/activation", null);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("isActive").GetBoolean().ShouldBeTrue();
    }

    private static Guid Id(JsonElement element) => element.GetProperty("id").GetGuid();
}
