using System.Net.Http.Json;
using System.Text.Json;
using LeadOrchestrator.Sandbox.SendGrid;

namespace LeadOrchestrator.Orchestrator.Tests.Webhooks;

/// <summary>Somebody who asked more than once answers the email of one request: their word counts for all of them.</summary>
public sealed class ProvenStopTests : Shop
{
    private const string Email = "ann@example.com";
    private const string Phone = "+15125550171";
    private const string OtherPhone = "+15125550172";

    private HttpClient _staff = null!;

    [Fact]
    public async Task A_stop_that_answers_the_email_of_one_request_ends_the_texts_of_the_persons_others()
    {
        var (second, third) = await AskedAsync();

        await Sandbox.SendGrid.ReceiveAsync(new InboundMail(Email, "Re: Your quote", "STOP"));

        (await OutAsync()).ShouldBe([Phone, OtherPhone]);
        (await Database.ScalarAsync<long>("SELECT count(*) FROM touch_points WHERE status = 'scheduled'")).ShouldBe(0);
        (await ConsentAsync(second)).ShouldBe("sms opted_out, email opted_out");
        (await ConsentAsync(third)).ShouldBe("sms opted_out, email opted_out");
        await SetClockAsync("2026-12-02T17:00:00Z");
        (await Database.ScalarAsync<long>("SELECT count(*) FROM message_attempts WHERE channel = 'sms'")).ShouldBe(2, "the two greetings from before");
    }

    [Fact]
    public async Task A_doubtful_no_makes_one_item_and_its_undoing_frees_all_numbers()
    {
        await AskedAsync();
        await Sandbox.SendGrid.ReceiveAsync(new InboundMail(Email, "Re: Your quote", "Not interested"));
        (await OutAsync()).ShouldBe([Phone, OtherPhone]);

        var item = (await _staff.GetFromJsonAsync<JsonElement>("/api/review-items?kind=doubtful_opt_out")).GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        await TwoFranchises.OkAsync(await _staff.PostAsJsonAsync($"/api/review-items/{item.GetProperty("id").GetGuid()}/resolution", new { action = "undo_opt_out" }));

        (await OutAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task START_by_email_frees_the_numbers_that_ended_by_email_and_no_other()
    {
        await AskedAsync();
        await Sandbox.SendGrid.ReceiveAsync(new InboundMail(Email, "Re: Your quote", "STOP"));
        (await OutAsync()).ShouldBe([Phone, OtherPhone]);

        await Sandbox.SendGrid.ReceiveAsync(new InboundMail(Email, "Re: Your quote", "START"));
        (await OutAsync()).ShouldBeEmpty();

        // A no by text is the person's, and only a text takes it back.
        await Sandbox.Twilio.ReceiveAsync(Phone, "STOP");
        await Sandbox.SendGrid.ReceiveAsync(new InboundMail(Email, "Re: Your quote", "START"));
        (await OutAsync()).ShouldBe([Phone, OtherPhone]);
    }

    // By email first; a week later twice with a phone, each time another one.
    private async Task<(Guid Second, Guid Third)> AskedAsync()
    {
        var (location, other) = (await LocationAsync(), await LocationAsync());
        _staff = await SignedInAsync();
        await this.SentAsync(await this.LeadByApiAsync(_staff, location, null, Email));
        await SetClockAsync("2026-12-01T17:00:00Z");
        _staff = await SignedInAsync();
        var second = await this.LeadByApiAsync(_staff, location, Phone, Email);
        await this.SentAsync(second);
        var third = await this.LeadByApiAsync(_staff, other, OtherPhone, Email);
        await this.SentAsync(third);
        return (second, third);
    }

    private Task<IReadOnlyList<string>> OutAsync() => Database.ColumnAsync<string>("SELECT phone FROM contacts WHERE opted_out_at IS NOT NULL ORDER BY phone");

    private async Task<string> ConsentAsync(Guid lead) => string.Join(", ", (await _staff.GetFromJsonAsync<JsonElement>($"/api/leads/{lead}/explain")).GetProperty("consent").EnumerateArray()
        .Select(channel => $"{channel.GetProperty("channel").GetString()} {channel.GetProperty("state").GetString()}"));
}
