using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.Leads;

/// <summary>Leads from web forms and partners: each once, with its evidence, and greeted only when that is right.</summary>
public sealed class LeadSubmissionTests(Shop shop) : IClassFixture<Shop>, IAsyncLifetime
{
    private HttpClient _staff = null!;
    private Guid _location;

    public async ValueTask InitializeAsync()
    {
        _staff = await shop.SignedInAsync();
        _location = await shop.LocationAsync();
    }

    public ValueTask DisposeAsync()
    {
        _staff.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_lead_of_a_form_is_stored_greeted_and_says_what_is_planned()
    {
        var (status, lead) = await SendAsync(new
        {
            locationId = _location, firstName = "Ann", lastName = "Form", phone = "(512) 555-0601", email = "Ann.Form@Example.com", vehicle = "2020 Kia Soul",
            serviceInterest = "Tint", source = "website", externalId = "f-1",
            consent = new { wording = "Text me about my quote. Msg & data rates apply.", source = "https://acme.example/quote", obtainedAt = "2026-11-23T15:59:00Z", ip = "203.0.113.7" },
        });

        status.ShouldBe(HttpStatusCode.Created);
        Text(lead, "phone").ShouldBe("+15125550601");
        Text(lead, "email").ShouldBe("ann.form@example.com");
        (Text(lead, "source"), Text(lead, "door"), Text(lead, "externalId"), Text(lead, "consent")).ShouldBe(("website", "api", "f-1", "opted_in"));
        (Text(lead.GetProperty("greeting"), "status"), Text(lead.GetProperty("greeting"), "channel")).ShouldBe(("scheduled", "sms"));
        var texts = await Eventually.ValueAsync(() => Task.FromResult(shop.Sandbox.Twilio.SentTo("+15125550601")), sent => sent.Count == 1, "the greeting to be sent");
        texts[0].Body.ShouldContain("Acme Tint North");
        var evidence = (await shop.Database.RowsAsync("SELECT * FROM consent_events WHERE lead_id = $1", Guid.Parse(Text(lead, "id")!))).ShouldHaveSingleItem();
        (evidence["kind"], evidence["channel"], evidence["source"], evidence["ip"]).ShouldBe(("opted_in", "api", "https://acme.example/quote", "203.0.113.7"));
        evidence["occurred_at"].ShouldBe(new DateTime(2026, 11, 23, 15, 59, 0, DateTimeKind.Utc));
    }

    [Fact]
    public async Task The_same_key_gets_the_same_answer_and_makes_no_second_lead()
    {
        var body = Body("+15125550602");
        var first = await RawAsync(body, "key-1");
        await Eventually.TrueAsync(() => shop.Sandbox.Twilio.SentTo("+15125550602").Count == 1, "the greeting to be sent");

        var again = await RawAsync(body, "key-1");

        again.ShouldBe(first);
        again.Status.ShouldBe(HttpStatusCode.Created);
        (await CountAsync("+15125550602")).ShouldBe(1);
        (await RawAsync(Body("+15125550603"), "key-1")).Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await CountAsync("+15125550603")).ShouldBe(0);
    }

    [Theory]
    [InlineData("+15125550661", "[Test] Ann", null, true)]
    [InlineData("+15125550662", "Ann", null, false)]
    [InlineData("+15125550663", "[test] Ann", false, false)]
    [InlineData("+15125550664", "Ann", true, true)]
    public async Task The_shops_mark_in_a_name_makes_a_test_unless_the_request_says_otherwise(string phone, string firstName, bool? isTest, bool isMarked)
    {
        var (_, lead) = await SendAsync(new { locationId = _location, firstName, phone, isTest });
        lead.GetProperty("isTest").GetBoolean().ShouldBe(isMarked);
    }

    [Fact]
    public async Task A_repeat_with_a_consent_adds_it_once_to_the_lead_that_is_there()
    {
        await SendAsync(new { locationId = _location, phone = "+15125550671", email = "agreed@example.com", source = "website", externalId = "agreed" });
        var again = new
        {
            locationId = _location, phone = "+15125550671", source = "website", externalId = "agreed",
            consent = new { wording = "Text me about my quote.", source = "https://acme.example/quote", obtainedAt = "2026-11-23T15:59:00Z", ip = "203.0.113.7" },
        };

        var (status, lead) = await SendAsync(again);
        await SendAsync(again);
        await SendAsync(new { locationId = _location, email = "agreed@example.com", source = "website", externalId = "agreed", again.consent });

        (status, Text(lead, "consent")).ShouldBe((HttpStatusCode.OK, "opted_in"));
        (await shop.Database.ColumnAsync<string>("""
            SELECT e.kind || ' ' || CASE WHEN e.contact_id IS NULL THEN 'email' ELSE 'phone' END FROM consent_events e WHERE e.lead_id = $1 ORDER BY e.id
            """, Guid.Parse(Text(lead, "id")!))).ShouldBe(["inquiry phone", "opted_in phone", "opted_in email"]);
    }

    [Fact]
    public async Task Ten_calls_at_once_with_one_key_are_one_lead_and_one_answer()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => RawAsync(Body("+15125550604"), "key-at-once")));

        answers.Distinct().ShouldHaveSingleItem().Status.ShouldBe(HttpStatusCode.Created);
        (await CountAsync("+15125550604")).ShouldBe(1);
    }

    [Fact]
    public async Task Two_partners_may_use_the_same_key_and_the_same_id()
    {
        using var other = await shop.SignedInAsync("owner");
        var one = await SendAsync(new { locationId = _location, phone = "+15125550605", source = "alpha", externalId = "1" }, "1");
        using var request = Request(new { locationId = _location, phone = "+15125550606", source = "beta", externalId = "1" }, "1");
        using var answer = await other.SendAsync(request);

        one.Status.ShouldBe(HttpStatusCode.Created);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        Text(await answer.Content.ReadFromJsonAsync<JsonElement>(), "externalId").ShouldBe("1");
    }

    [Fact]
    public async Task The_same_id_again_is_the_lead_that_is_there_and_somebody_elses_is_refused_aloud()
    {
        var first = await SendAsync(new { locationId = _location, phone = "+15125550607", source = "form", externalId = "id-7" });
        var again = await SendAsync(new { locationId = _location, phone = "512.555.0607", source = "form", externalId = "id-7" });
        var stranger = await SendAsync(new { locationId = _location, phone = "+15125550608", source = "form", externalId = "id-7" });

        again.Status.ShouldBe(HttpStatusCode.OK);
        Text(again.Lead, "id").ShouldBe(Text(first.Lead, "id"));
        stranger.Status.ShouldBe(HttpStatusCode.Conflict);
        (await CountAsync("+15125550607")).ShouldBe(1);
    }

    [Theory]
    [InlineData("2026-11-22T15:00:00Z", null, "suppressed", "lead_too_old")]
    [InlineData("2026-11-22T17:00:00Z", null, "scheduled", null)]
    [InlineData("2026-01-01T00:00:00Z", "2026-11-23T15:00:00Z", "scheduled", null)]
    [InlineData("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "suppressed", "lead_too_old")]
    public async Task Only_who_asked_or_agreed_within_a_day_is_greeted(string createdAt, string? obtainedAt, string status, string? reason)
    {
        var phone = $"+1512555{(createdAt + obtainedAt).Sum(letter => letter) % 900 + 7000}";
        var (_, lead) = await SendAsync(new
        {
            locationId = _location, phone, createdAt, consent = obtainedAt is null ? null : new { wording = "Yes, text me", source = "form", obtainedAt },
        });

        var greeting = lead.GetProperty("greeting");
        (Text(greeting, "status"), Text(greeting, "reason")).ShouldBe((status, reason));
        Text(greeting, "explanation").ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task Whoever_said_stop_is_not_greeted_and_a_form_does_not_take_that_back()
    {
        await SendAsync(new { locationId = _location, phone = "+15125550609" });
        await shop.Database.ExecuteAsync("UPDATE contacts SET opted_out_at = '2026-11-23T15:00:00Z' WHERE phone = '+15125550609'");

        var (_, lead) = await SendAsync(new { locationId = _location, phone = "+15125550609", consent = new { wording = "Yes", source = "form", obtainedAt = "2026-11-23T15:59:00Z" } });

        (Text(lead, "consent"), Text(lead.GetProperty("greeting"), "reason")).ShouldBe(("opted_out", "opted_out"));
    }

    [Theory]
    [InlineData("""{}""", "locationId")]
    [InlineData("""{"locationId":"$L"}""", "phone")]
    [InlineData("""{"locationId":"$L","phone":"12"}""", "phone")]
    [InlineData("""{"locationId":"$L","email":"nobody"}""", "email")]
    [InlineData("""{"locationId":"$L","email":"a@b.co\r\nBcc: x@y.zz"}""", "email")]
    [InlineData("""{"locationId":"$L","phone":"+15125550610","firstName":"a\u0000b"}""", "firstName")]
    [InlineData("""{"locationId":"$L","phone":"+15125550610","createdAt":"2031-01-01T00:00:00Z"}""", "createdAt")]
    [InlineData("""{"locationId":"$L","phone":"+15125550610","createdAt":"yesterday"}""", "createdAt")]
    [InlineData("""{"locationId":"$L","phone":"+15125550610","source":"a/b"}""", "source")]
    [InlineData("""{"locationId":"$L","phone":"+15125550610","consent":{"source":"form","obtainedAt":"2026-11-23T15:59:00Z"}}""", "wording")]
    [InlineData("""{"locationId":"$L","phone":"+15125550610","consent":{"wording":"x","source":"form","obtainedAt":"2031-11-23T15:59:00Z"}}""", "obtainedAt")]
    [InlineData("""{"locationId":"nowhere","phone":"+15125550610"}""", "locationId")]
    [InlineData("""["a lead"]""", "$")]
    public async Task A_lead_that_makes_no_sense_is_400_and_names_the_field(string body, string field)
    {
        using var content = new StringContent(body.Replace("$L", _location.ToString(), StringComparison.Ordinal), Encoding.UTF8, "application/json");
        using var answer = await _staff.PostAsync("/api/leads", content);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain(field, Case.Insensitive);
        (await CountAsync("+15125550610")).ShouldBe(0);
    }

    [Fact]
    public async Task A_key_of_300_letters_is_400() => (await RawAsync(Body("+15125550611"), new string('k', 300))).Status.ShouldBe(HttpStatusCode.BadRequest);

    [Fact]
    public async Task Another_franchises_shop_and_no_shop_look_the_same()
    {
        var foreign = await shop.LocationAsync(tenantId: await shop.OtherTenantAsync());

        (await SendAsync(new { locationId = foreign, phone = "+15125550612" })).Status.ShouldBe(HttpStatusCode.NotFound);
        (await SendAsync(new { locationId = Guid.CreateVersion7(), phone = "+15125550612" })).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task An_answer_to_a_key_is_let_go_after_a_week()
    {
        await RawAsync(Body("+15125550613"), "old-key");
        await shop.Database.ExecuteAsync("UPDATE idempotency_keys SET created_at = '2026-11-01Z' WHERE key = 'old-key'");

        await RawAsync(Body("+15125550614"), "new-key");

        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM idempotency_keys WHERE key = 'old-key'")).ShouldBe(0);
    }

    private object Body(string phone) => new { locationId = _location, firstName = "Ann", phone };

    private static HttpRequestMessage Request(object body, string? key)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/leads") { Content = JsonContent.Create(body) };
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        }

        return request;
    }

    private async Task<(HttpStatusCode Status, string Body)> RawAsync(object body, string? key)
    {
        using var request = Request(body, key);
        using var answer = await _staff.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task<(HttpStatusCode Status, JsonElement Lead)> SendAsync(object body, string? key = null)
    {
        var (status, text) = await RawAsync(body, key);
        return (status, JsonElement.Parse(text));
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private Task<long> CountAsync(string phone) => shop.Database.ScalarAsync<long>("SELECT count(*) FROM leads WHERE phone = $1", phone);
}
