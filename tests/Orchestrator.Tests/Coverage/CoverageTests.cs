using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LeadOrchestrator.Orchestrator.Coverage;
using LeadOrchestrator.Orchestrator.Operations;
using LeadOrchestrator.Orchestrator.Shopmonkey.Polling;
using LeadOrchestrator.Orchestrator.Tests.Shopmonkey.Polling;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;

namespace LeadOrchestrator.Orchestrator.Tests.Coverage;

/// <summary>What staff read of how complete each shop is, and when an operator is told of a silent one.</summary>
public sealed class CoverageTests : PollingShop
{
    private static readonly DateTimeOffset Now = DateTimeOffset.Parse(Monday10, null);

    [Fact]
    public async Task A_shop_says_how_far_it_is_complete_and_who_told_first()
    {
        var app = await StartAsync();
        await LeadAsync((await QuoteAsync("+15125550123")).OrderId);
        var silent = await SilentQuoteAsync("+15125550124");
        (await PollAsync(app)).ShouldBeNull();
        await LeadAsync(silent.OrderId);
        await Eventually.TrueAsync(async () => await CountAsync("webhook_events WHERE status IN ('received', 'processing')") == 0, "the inbox to be empty");

        var report = await ReportAsync();

        var shop = report.GetProperty("items").EnumerateArray().Single(item => item.GetProperty("webhookEvents").GetInt64() > 0);
        shop.GetProperty("name").GetString().ShouldBe("Acme Tint Austin");
        (shop.GetProperty("webhookEvents").GetInt64(), shop.GetProperty("status").GetString()).ShouldBe((1, "complete"));
        // The sample order of the CRM, and the one without a webhook.
        shop.GetProperty("pollFoundEvents").GetInt64().ShouldBe(2);
        shop.GetProperty("summary").GetString()!.ShouldStartWith("Complete up to 10:");
        shop.GetProperty("marks").EnumerateObject().Select(mark => mark.Name).ShouldBe(PollTopic.All.Select(topic => topic.Name), ignoreOrder: true);
        (shop.GetProperty("openEvents").GetInt64(), shop.GetProperty("deadEvents").GetInt64()).ShouldBe((0, 0));
        shop.GetProperty("lagSeconds").GetInt64().ShouldBeLessThan(60);
        report.GetProperty("nextCursor").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task Who_is_not_signed_in_reads_nothing_and_a_cursor_of_somebody_elses_is_refused()
    {
        await StartAsync();
        (await Http.GetAsync("/api/coverage")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using var staff = await SignedInAsync();
        (await staff.GetAsync("/api/coverage?cursor=nonsense")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await staff.GetAsync("/api/coverage?limit=0")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await staff.GetFromJsonAsync<JsonElement>("/api/coverage")).GetProperty("tenant").GetProperty("polledAt").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task Runs_are_listed_by_their_job_their_end_and_their_time()
    {
        var app = await StartAsync();
        await PollAsync(app);
        using var staff = await SignedInAsync();

        (await ItemsAsync("job=shopmonkey_poll&status=succeeded")).ShouldBe(1);
        (await ItemsAsync("job=shopmonkey_poll&status=failed")).ShouldBe(0);
        (await ItemsAsync("job=shopmonkey_poll&from=2026-11-23T15:00:00Z")).ShouldBe(1);
        (await ItemsAsync("job=shopmonkey_poll&from=2027-01-01T00:00:00Z")).ShouldBe(0);
        (await staff.GetAsync("/api/job-executions?status=perhaps")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await staff.GetAsync("/api/job-executions?from=yesterday")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);

        async Task<int> ItemsAsync(string query) =>
            (await staff.GetFromJsonAsync<JsonElement>($"/api/job-executions?{query}")).GetProperty("items").GetArrayLength();
    }

    [Fact]
    public async Task The_longest_pause_between_webhooks_is_remembered_and_fades_and_finds_of_the_poll_are_counted_until_a_webhook_comes()
    {
        await StartAsync();
        await LeadAsync((await QuoteAsync("+15125550123")).OrderId);
        var (tenant, location) = (await TenantAsync(), await Database.ScalarAsync<Guid>("SELECT location_id FROM location_activity"));

        await NoteAsync(tenant, new ShopHeard(location, false, Sandbox.Clock.Now.AddHours(5)));
        (await PauseAsync()).ShouldBeInRange(17_990, 18_010);
        await NoteAsync(tenant, new ShopHeard(location, false, Sandbox.Clock.Now.AddHours(6)), new ShopHeard(location, false, Sandbox.Clock.Now.AddHours(6)));
        (await PauseAsync()).ShouldBeInRange(17_600, 17_700);
        await NoteAsync(tenant, new ShopHeard(location, true, Sandbox.Clock.Now.AddHours(7)), new ShopHeard(location, true, Sandbox.Clock.Now.AddHours(8)));
        await NoteAsync(tenant, new ShopHeard(location, true, Sandbox.Clock.Now.AddHours(9)));
        (await CountAsync("location_activity WHERE poll_events = 3 AND poll_events_in_a_row = 3 AND webhook_events = 4")).ShouldBe(1);
        (await FiguresAsync()).OvertakenLocations.ShouldBe(1);
        await NoteAsync(tenant, new ShopHeard(location, false, Sandbox.Clock.Now.AddHours(10)));
        (await FiguresAsync()).OvertakenLocations.ShouldBe(0);

        async Task<long> PauseAsync() => await Database.ScalarAsync<long>("SELECT longest_pause_seconds FROM location_activity");
    }

    [Fact]
    public async Task The_figures_count_shops_that_are_silent_for_longer_than_ever_and_polls_that_are_late()
    {
        await StartAsync();
        await LeadAsync((await QuoteAsync("+15125550123")).OrderId);
        (await FiguresAsync()).ShouldBe(new IntakeFigures(0, 0, 0, 0, 0, 0));
        await Database.ExecuteAsync("UPDATE location_activity SET webhook_events = 40, longest_pause_seconds = 60000, webhook_at = $1::timestamptz - interval '26 hours'", Now.UtcDateTime);
        await Database.ExecuteAsync("""
            INSERT INTO poll_states (tenant_id, id, next_poll_at, failures, missing, polled_at) SELECT id, id, $1, 2, 4, $1::timestamptz - interval '10 minutes' FROM tenants
            """, Now.UtcDateTime);

        var figures = await FiguresAsync();

        (figures.SilentLocations, figures.PollFailing, figures.CrmMissing, figures.NeverCompared).ShouldBe((1, 1, 4, 1));
        figures.PollOldestSeconds.ShouldBeInRange(600, 660);
    }

    [Theory]
    [InlineData(0, 0, 0, 0, null, null)]
    [InlineData(0, 0, 1, 0, IntakeChecks.Silence, "silent")]
    [InlineData(0, 0, 1, 1, IntakeChecks.Silence, "overtaken")]
    [InlineData(301, 0, 0, 0, IntakeChecks.Poll, "late")]
    [InlineData(0, 2, 0, 0, IntakeChecks.Poll, "missing")]
    public void An_operator_is_told_once_what_to_look_at(long gap, long missing, long silent, long overtaken, string? check, string? state)
    {
        var conditions = new Conditions(NullLogger<Conditions>.Instance);

        IntakeChecks.Judge(conditions, new IntakeFigures(gap, 0, missing, 0, silent, overtaken), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(1));

        conditions.Failing.Select(failing => (failing.Check, failing.State)).ShouldBe(check is null ? [] : [(check, state!)]);
        IntakeChecks.Judge(conditions, new IntakeFigures(gap, 0, 0, 0, 0, 0), TimeSpan.FromHours(1), TimeSpan.FromMinutes(1)); // who polls each hour is late later
        conditions.Failing.ShouldBeEmpty();
    }

    [Fact]
    public void After_a_long_stop_or_a_moved_clock_the_polls_have_time_to_end_once_before_anybody_is_alarmed()
    {
        var conditions = new Conditions(NullLogger<Conditions>.Instance);
        var (anHourAgo, interval) = (new IntakeFigures(3600, 0, 0, 0, 0, 0), TimeSpan.FromSeconds(30));

        IntakeChecks.Judge(conditions, anHourAgo, interval, TimeSpan.FromSeconds(59));
        conditions.Failing.ShouldBeEmpty();

        IntakeChecks.Judge(conditions, anHourAgo, interval, TimeSpan.FromSeconds(60));
        conditions.Failing.Select(failing => failing.State).ShouldBe(["late"]);
    }

    [Fact]
    public void Each_state_is_a_sentence_that_a_person_can_act_on()
    {
        var shop = new LocationCoverage
        {
            LocationId = Guid.Empty, Name = "Austin", WebhookAt = Now.AddHours(-3), WebhookEvents = 20, PollFoundEvents = 4, PollFoundInARow = 4, LongestPauseSeconds = 7_200,
            CompleteUntil = Now.AddSeconds(-30), Marks = new Dictionary<string, DateTimeOffset>(), PolledAt = Now.AddSeconds(-30), Missing = 0, OpenEvents = 0, DeadEvents = 0,
        };

        Words(shop).ShouldBe(("silent", "Complete up to 09:59:30; no webhook for 3 h although the poll found 4 orders; nothing was missing at the last comparison."));
        Words(shop with { PollFoundInARow = 0 }).ShouldBe(("complete", "Complete up to 09:59:30; latest webhook 3 h ago; nothing was missing at the last comparison."));
        Words(shop with { PollFoundInARow = 0, WebhookAt = Now.AddDays(-3), Missing = null })
            .ShouldBe(("silent", "Complete up to 09:59:30; no webhook for 3 days, its longest pause so far was 2 h."));
        Words(shop with { PollFoundInARow = 0, WebhookAt = Now.AddDays(-3), WebhookEvents = 9, Missing = 1 })
            .ShouldBe(("complete", "Complete up to 09:59:30; latest webhook 3 days ago; 1 order of the CRM could not be taken in at the last comparison."));
        Words(shop with { PollReason = "shopmonkey_401", PollFoundInARow = 0 }).Summary.ShouldStartWith("The latest poll was not complete (shopmonkey_401), complete up to 09:59:30; ");
        Words(shop with { PolledAt = Now.AddMinutes(-20), PollFoundInARow = 0, CompleteUntil = Now.AddDays(-1) }).ShouldBe(
            ("behind", "The latest complete poll was 20 min ago, complete up to 2026-11-22 10:00:00; latest webhook 3 h ago; nothing was missing at the last comparison."));
        Words(shop with { PolledAt = null, WebhookAt = null, PollFoundEvents = 0, PollFoundInARow = 0, Missing = null, CompleteUntil = null })
            .ShouldBe(("never", "Not polled yet; nothing was heard of this shop yet."));
        Words(shop with { PollReason = "no_account", Missing = null, PollFoundInARow = 0 }).Summary.ShouldStartWith("Not polled: this franchise has no account at the CRM");
    }

    private static (string Status, string Summary) Words(LocationCoverage shop) =>
        CoverageWords.Describe(shop, Now, DateTimeZoneProviders.Tzdb["America/Chicago"]) is var said ? (said.Status, said.Summary) : default;

    private async Task<JsonElement> ReportAsync()
    {
        using var staff = await SignedInAsync();
        return await staff.GetFromJsonAsync<JsonElement>("/api/coverage");
    }

    private async Task NoteAsync(Guid tenant, params ShopHeard[] heard)
    {
        await using var transaction = await Database.Lead.BeginAsync(tenant, CancellationToken.None);
        await new ActivityStore().NoteAsync(transaction, heard, CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
    }

    private async Task<IntakeFigures> FiguresAsync() => (await new OperationsStore(Database.Lead, new Microsoft.Extensions.Time.Testing.FakeTimeProvider(Now)).ReadAsync(CancellationToken.None)).Intake;
}
