using System.Text;
using System.Text.Json;
using LeadOrchestrator.Bench.Vendors;

namespace LeadOrchestrator.Bench.Tests;

/// <summary>The ledger by which a text sent twice is found.</summary>
public sealed class FakeTwilioTests
{
    private readonly FakeTwilio _twilio = new();

    [Fact]
    public async Task A_second_text_to_the_same_recipient_is_counted_whatever_it_says()
    {
        await SendAsync("To=%2B15125550100&Body=one");
        await SendAsync("From=%2B15005550006&To=%2B15125550101&Body=two");
        await SendAsync("To=%2B15125550100&Body=another+link");

        var ledger = Read();

        (ledger.Received, ledger.Answered, ledger.Twice).ShouldBe((3, 3, 1));
        ledger.LastMicros.ShouldBeGreaterThanOrEqualTo(ledger.FirstMicros);
    }

    [Fact]
    public async Task A_new_pace_begins_a_new_ledger()
    {
        await SendAsync("To=%2B15125550100&Body=one");

        _twilio.Control("least=0&most=0");

        Read().ShouldBe(new TwilioLedger(0, 0, 0, 0, 0, 0));
    }

    [Fact]
    public async Task Every_text_is_kept_with_its_times_when_that_is_asked_for()
    {
        await SendAsync("To=%2B15125550100&Body=not+kept");
        _twilio.Control("least=0&most=0&keep=1");
        await SendAsync("To=%2B15125550100&From=%2B15005550006&Body=Hi+Ann%2C+this+is+Acme");
        await SendAsync("To=%2B15125550101&Body=two");

        var texts = Texts("after=0");

        texts.Select(text => text["Body"]).ShouldBe(["Hi Ann, this is Acme", "two"]);
        (texts[0]["To"], texts[0]["From"], texts[0]["Url"]).ShouldBe(("+15125550100", "+15005550006", ""));
        texts.ShouldAllBe(text => text.AnsweredMicros >= text.ArrivedMicros);
        Texts("after=1").ShouldHaveSingleItem()["To"].ShouldBe("+15125550101");
        Texts("after=2").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_look_at_the_list_is_no_text()
    {
        (await _twilio.AnswerAsync(isPost: false, [])).ShouldContain("\"messages\":[]");

        Read().Received.ShouldBe(0);
    }

    private Task<string> SendAsync(string form) => _twilio.AnswerAsync(isPost: true, Encoding.ASCII.GetBytes(form));

    private List<TextAtTwilio> Texts(string query) => JsonSerializer.Deserialize<List<TextAtTwilio>>(_twilio.ReadTexts(query))!;

    private TwilioLedger Read() => JsonSerializer.Deserialize<TwilioLedger>(_twilio.ReadLedger())!;
}
