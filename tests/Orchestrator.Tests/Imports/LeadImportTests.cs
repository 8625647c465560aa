using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.Imports;

/// <summary>Files of leads: what is in them lands once, nobody is written to by mistake, and each row says what became of it.</summary>
public sealed class LeadImportTests(Shop shop) : IClassFixture<Shop>, IAsyncLifetime
{
    private HttpClient _staff = null!;
    private Guid _location;

    public async ValueTask InitializeAsync()
    {
        _staff = await shop.SignedInAsync("manager");
        _location = await shop.LocationAsync();
    }

    public ValueTask DisposeAsync()
    {
        _staff.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Each_row_says_what_became_of_it_and_nobody_is_written_to()
    {
        const string File = """
            First Name,Phone,Email,External Id,Created
            Ann,(512) 555-0901,,A-1,2026-11-23 09:00
            Again,5125550901,again@example.com,A-2,2026-11-23 09:00
            Nobody,,,A-3,
            Ann,(512) 555-0901,,A-1,2026-11-23 09:00
            Bob,,bob@example.com,A-4,
            """;
        var import = await DoneAsync(await SendAsync(File));

        Counts(import).ShouldBe((0, 2, 1, 1, 1));
        var rows = await RowsAsync(import);
        rows.Select(row => (row.GetProperty("line").GetInt32(), Text(row, "result"), Text(row, "reason"))).ShouldBe(
        [
            (2, "created", "import_does_not_greet"), (3, "joined", "import_does_not_greet"), (4, "rejected", "no_phone_or_email"), (5, "unchanged", "same_as_another_line"),
            (6, "created", "import_does_not_greet"),
        ]);
        Text(rows[1], "explanation").ShouldBe("A new lead of a person who is known by phone. No greeting. The file was imported without greetings.");
        rows[0].GetProperty("leadId").GetGuid().ShouldNotBe(Guid.Empty);
        shop.Sandbox.Twilio.SentTo("+15125550901").ShouldBeEmpty();
        (await _staff.GetFromJsonAsync<JsonElement>($"/api/lead-imports/{Id(import)}/rows?status=rejected")).GetProperty("items").GetArrayLength().ShouldBe(1);
        (await _staff.GetStringAsync("/api/lead-imports?limit=200")).ShouldContain(Id(import));
    }

    [Fact]
    public async Task The_same_file_twice_changes_nothing_even_without_ids()
    {
        const string File = "Name,Phone,Vehicle,Opted Out\nAnn Lee,5125550911,Civic,\nBob Ray,5125550912,Kia,yes\n";
        const string Leads = "SELECT xmin::text || id FROM leads WHERE phone IN ('+15125550911', '+15125550912') ORDER BY id";
        const string Consents = "SELECT count(*) FROM consent_events e JOIN contacts c ON c.tenant_id = e.tenant_id AND c.id = e.contact_id WHERE c.phone IN ('+15125550911', '+15125550912')";
        await DoneAsync(await SendAsync(File));
        var before = await shop.Database.ColumnAsync<string>(Leads);
        var ledger = await shop.Database.ScalarAsync<long>(Consents);

        var again = await DoneAsync(await SendAsync(File));

        Counts(again).ShouldBe((0, 0, 0, 2, 0));
        (await shop.Database.ColumnAsync<string>(Leads)).ShouldBe(before);
        (await shop.Database.ScalarAsync<long>(Consents)).ShouldBe(ledger);
    }

    [Fact]
    public async Task A_dry_run_writes_no_lead_and_says_what_the_real_one_then_does()
    {
        var file = new StringBuilder("First Name,Phone,Email,External Id\n");
        for (var row = 0; row < 450; row++)
        {
            // Every third is the person of the row before, across the borders of what is worked on at once too.
            file.Append($"N{row},512556{(row % 3 == 2 ? row - 1 : row):0000},{(row % 50 == 49 ? "broken" : $"n{row}@example.com")},D-{row % 440}\n");
        }

        var dry = await DoneAsync(await SendAsync(file.ToString(), "&dryRun=true"));

        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM leads WHERE external_id LIKE 'D-%'")).ShouldBe(0);
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM contacts WHERE phone LIKE '+1512556%'")).ShouldBe(0);
        var real = await DoneAsync(await SendAsync(file.ToString()));
        Counts(real).ShouldBe(Counts(dry));
        Say(await RowsAsync(real)).ShouldBe(Say(await RowsAsync(dry)));

        static List<string> Say(List<JsonElement> rows) => [.. rows.Select(row => $"{row.GetProperty("line")} {Text(row, "result")} {Text(row, "reason")} {Text(row, "explanation")}")];
    }

    [Fact]
    public async Task Greeted_is_only_who_asked_within_a_day_and_agreed_when_the_import_may_greet()
    {
        const string File = """
            Phone,Created,Consent Wording,Consent Date,Opted Out
            5125550921,2026-11-23 09:00,Yes text me,2026-11-23 09:00,
            5125550922,2026-11-23 09:00,,,
            5125550923,2026-11-20 09:00,Yes text me,2026-11-20 09:00,
            5125550924,,Yes text me,,
            5125550925,2026-11-23 09:00,Yes text me,2026-11-23 09:00,yes
            """;
        var import = await DoneAsync(await SendAsync(File, "&greet=true"));

        (await RowsAsync(import)).Select(row => Text(row, "reason")).ShouldBe([null, "no_consent_wording", "lead_too_old", "no_created_date", "opted_out"]);
        await Eventually.TrueAsync(() => shop.Sandbox.Twilio.SentTo("+15125550921").Count == 1, "the greeting to be sent");
        foreach (var silent in new[] { "+15125550922", "+15125550923", "+15125550924", "+15125550925" })
        {
            shop.Sandbox.Twilio.SentTo(silent).ShouldBeEmpty();
        }

        (await shop.Database.ScalarAsync<string>("SELECT consent FROM leads WHERE phone = '+15125550921'")).ShouldBe("opted_in");
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM contacts WHERE phone = '+15125550925' AND opted_out_at IS NOT NULL")).ShouldBe(1);
    }

    [Fact]
    public async Task An_opt_out_in_a_file_ends_what_is_planned_for_the_person_by_text_and_by_email()
    {
        await shop.SetClockAsync("2026-11-23T23:59:30Z"); // 18:59:30 in Rhode Island: a text would wait
        using var admin = await shop.SignedInAsync();
        await admin.PostAsJsonAsync("/api/leads", new { locationId = _location, phone = "+14015550931", email = "out@example.com" });
        // A text that is being looked at just now is not cancelled, but stopped by the gate.
        await Eventually.TrueAsync(
            async () => await shop.Database.ScalarAsync<long>("SELECT count(*) FROM touch_points t JOIN leads l ON l.id = t.lead_id WHERE l.phone = '+14015550931' AND t.status = 'scheduled' AND t.due_at > '2026-11-24'") == 1,
            "the text to wait");

        await DoneAsync(await SendAsync("Phone,Email,Opted Out\n4015550931,out@example.com,yes\n"));

        (await shop.Database.ColumnAsync<string>("SELECT t.status || ' ' || t.reason FROM touch_points t JOIN leads l ON l.id = t.lead_id WHERE l.phone = '+14015550931' ORDER BY l.id"))
            .ShouldBe(["cancelled opted_out", "suppressed opted_out"]);
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM email_addresses WHERE email = 'out@example.com' AND unsubscribed_at IS NOT NULL")).ShouldBe(1);
        await shop.SetClockAsync(Shop.Monday10);
    }

    [Theory]
    [InlineData("+15125550951", "+15125550952", "Phone,Opted Out\n5125550951,yes\n")]
    [InlineData("+15125550953", "+15125550954", "Email,Opted Out\n15125550953@example.com,yes\n")]
    public async Task An_opt_out_in_a_file_ends_every_number_of_the_person(string first, string second, string file)
    {
        using var admin = await shop.SignedInAsync();
        var email = $"{first[1..]}@example.com";
        await shop.LeadByApiAsync(admin, _location, first, email);
        var two = await shop.LeadByApiAsync(admin, await shop.LocationAsync(), second, email);

        await DoneAsync(await SendAsync(file));

        (await shop.Database.ColumnAsync<string>("SELECT phone FROM contacts WHERE phone IN ($1, $2) AND opted_out_at IS NOT NULL ORDER BY phone", first, second)).ShouldBe([first, second]);
        (await shop.Database.ScalarAsync<string>("SELECT consent FROM leads WHERE id = $1", two)).ShouldBe("opted_out");
    }

    [Fact]
    public async Task A_clear_no_in_a_file_is_kept_beside_a_doubtful_one()
    {
        await shop.Sandbox.Twilio.ReceiveAsync("+15125550938", "who gave you my number");

        await DoneAsync(await SendAsync("Phone,Opted Out\n5125550938,yes\n"));
        await DoneAsync(await SendAsync("Phone,Opted Out,Vehicle\n5125550938,yes,Kia\n"));

        (await shop.Database.ColumnAsync<string>("""
            SELECT e.channel || ' ' || (e.reason IS NULL) FROM consent_events e JOIN contacts c ON c.id = e.contact_id WHERE c.phone = '+15125550938' AND e.kind = 'opted_out' ORDER BY e.id
            """)).ShouldBe(["sms false", "api true"]);
    }

    [Fact]
    public async Task An_opt_out_of_a_row_that_is_refused_counts_all_the_same()
    {
        var import = await DoneAsync(await SendAsync($"Phone,Email,Vehicle,Do Not Contact\n5125550935,refused@example.com,{new string('x', 201)},yes\n"));

        (await RowsAsync(import)).Select(row => (Text(row, "result"), Text(row, "reason"))).ShouldBe([("rejected", "field_too_long")]);
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM contacts WHERE phone = '+15125550935' AND opted_out_at IS NOT NULL")).ShouldBe(1);
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM email_addresses WHERE email = 'refused@example.com' AND unsubscribed_at IS NOT NULL")).ShouldBe(1);
    }

    [Fact]
    public async Task A_word_in_a_column_called_Consent_opts_nobody_in()
    {
        await DoneAsync(await SendAsync("Phone,Consent\n5125550936,Declined\n5125550937,I agree to be texted about my quote\n"));

        (await shop.Database.ColumnAsync<string>("SELECT consent FROM leads WHERE phone IN ('+15125550936', '+15125550937') ORDER BY phone")).ShouldBe(["inquiry", "opted_in"]);
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM consent_events e JOIN contacts c ON c.id = e.contact_id WHERE c.phone = '+15125550936'")).ShouldBe(0);
    }

    [Fact]
    public async Task A_report_as_CSV_holds_every_row_in_the_files_order()
    {
        var import = await DoneAsync(await SendAsync("Phone,First Name\n5125550941,=cmd|' /C calc'!A0\nnone,@SUM(1)\n"));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/lead-imports/{Id(import)}/rows");
        request.Headers.Accept.ParseAdd("text/csv");
        using var answer = await _staff.SendAsync(request);

        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/csv");
        var lines = (await answer.Content.ReadAsStringAsync()).Split("\r\n");
        lines[1].ShouldStartWith("2,created,import_does_not_greet,");
        lines[2].ShouldStartWith("3,rejected,phone_unreadable,");
    }

    [Fact]
    public async Task A_file_comes_as_a_form_as_well()
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent("Phone\n5125550951\n"u8.ToArray()), "file", "../../my leads.csv" } };
        using var answer = await _staff.PostAsync($"/api/lead-imports?locationId={_location}", form);

        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var import = await DoneAsync(await answer.Content.ReadFromJsonAsync<JsonElement>());
        Text(import, "fileName").ShouldBe("my leads.csv");
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("Name\nAnn\n", "Phone, Mobile or Email")]
    public async Task A_file_that_cannot_be_taken_is_400_and_says_why(string file, string why)
    {
        using var answer = await PostAsync(file, "");
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain(why);
    }

    [Fact]
    public async Task A_file_over_ten_MiB_is_413_and_another_content_is_415()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/lead-imports?locationId={_location}") { Content = Csv("Phone\n" + new string('5', 11 << 20)) };
        request.Headers.ExpectContinue = true;
        using var huge = await _staff.SendAsync(request);
        huge.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await huge.Content.ReadAsStringAsync()).ShouldContain("10 MiB");
        using var json = await _staff.PostAsJsonAsync($"/api/lead-imports?locationId={_location}", new { });
        json.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task Another_franchises_import_and_shop_are_404_and_an_advisor_imports_nothing()
    {
        var other = await shop.OtherTenantAsync();
        using var stranger = await shop.SignedInAsync("owner", other);
        using var advisor = await shop.SignedInAsync("advisor");
        var import = await SendAsync("Phone\n5125550961\n");

        (await stranger.GetAsync($"/api/lead-imports/{Id(import)}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await stranger.GetAsync($"/api/lead-imports/{Id(import)}/rows")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await advisor.GetAsync("/api/lead-imports")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using var content = Csv("Phone\n5125550962\n");
        (await stranger.PostAsync($"/api/lead-imports?locationId={_location}", content)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var nowhere = Csv("Phone\n5125550962\n");
        (await _staff.PostAsync("/api/lead-imports", nowhere)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task An_id_of_somebody_else_is_refused_and_not_lost_in_silence()
    {
        await DoneAsync(await SendAsync("Phone,External Id\n5125550971,X-1\n"));
        var import = await DoneAsync(await SendAsync("Phone,External Id\n5125550972,X-1\n"));

        Text((await RowsAsync(import))[0], "reason").ShouldBe("external_id_of_another_lead");
    }

    private async Task<JsonElement> SendAsync(string file, string more = "")
    {
        using var answer = await PostAsync(file, more);
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<HttpResponseMessage> PostAsync(string file, string more)
    {
        using var content = Csv(file);
        return await _staff.PostAsync($"/api/lead-imports?locationId={_location}{more}", content);
    }

    private static ByteArrayContent Csv(string file) => new(Encoding.UTF8.GetBytes(file)) { Headers = { ContentType = new MediaTypeHeaderValue("text/csv") } };

    private async Task<JsonElement> DoneAsync(JsonElement import) => await Eventually.ValueAsync(
        () => _staff.GetFromJsonAsync<JsonElement>($"/api/lead-imports/{Id(import)}"), found => Text(found, "status") == "done", "the import to be done");

    private async Task<List<JsonElement>> RowsAsync(JsonElement import)
    {
        List<JsonElement> rows = [];
        string? cursor = null;
        do
        {
            var page = await _staff.GetFromJsonAsync<JsonElement>($"/api/lead-imports/{Id(import)}/rows?limit=200{(cursor is null ? "" : $"&cursor={cursor}")}");
            rows.AddRange(page.GetProperty("items").EnumerateArray());
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);

        return rows;
    }

    private static (int, int, int, int, int) Counts(JsonElement import)
    {
        int Count(string name) => import.GetProperty("counts").GetProperty(name).GetInt32();
        return (Count("waiting"), Count("created"), Count("joined"), Count("unchanged"), Count("rejected"));
    }

    private static string Id(JsonElement import) => import.GetProperty("id").GetString()!;

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
