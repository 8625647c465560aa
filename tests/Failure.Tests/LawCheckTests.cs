using System.Text.Json.Nodes;
using LeadOrchestrator.Rig;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Sandbox.Twilio;

namespace LeadOrchestrator.Failure.Tests;

/// <summary>The check itself: it finds what it is there for.</summary>
public sealed class LawCheckTests
{
    private const string Greeting = "Hi Ann, this is Acme. Ask us here: http://x/c/1 Reply STOP to opt out.";
    private static readonly DateTimeOffset Monday10 = new(2026, 11, 23, 16, 0, 0, TimeSpan.Zero);

    private int _seq;

    [Fact]
    public void A_greeting_in_the_morning_is_lawful() => Of(Text()).ShouldBeEmpty();

    [Fact]
    public void A_text_at_night_is_not() => Of(Text(at: Monday10.AddHours(-2))).ShouldHaveSingleItem().ShouldContain("outside the hours of TX");

    [Fact]
    public void Nor_one_that_the_carrier_may_hold_into_the_night() => Of(Text(at: Monday10.AddHours(10.5), validity: 3600)).ShouldHaveSingleItem().ShouldContain("outside the hours");

    [Fact]
    public void Nor_one_without_a_validity() => Of(Text(at: Monday10.AddHours(2), validity: null)).ShouldHaveSingleItem().ShouldContain("good for 36000 s");

    [Fact]
    public void Nor_one_on_a_closed_Sunday() => Of(Text("+12055550123", at: Monday10.AddDays(-1))).ShouldHaveSingleItem().ShouldContain("outside the hours of AL");

    [Fact]
    public void The_first_text_says_who_writes_and_how_to_stop_it() => Of(Text(body: "Your quote is ready")).ShouldHaveSingleItem().ShouldContain("who writes");

    [Fact]
    public void The_fourth_text_of_a_day_is_one_too_many() =>
        Of([.. Enumerable.Range(0, 4).Select(hour => Text(at: Monday10.AddHours(hour)))]).ShouldHaveSingleItem().ShouldContain("more than 3 texts in 24 hours");

    [Fact]
    public void An_answer_to_their_own_text_may_come_by_night()
    {
        var night = Monday10.AddHours(-5);
        new LawCheck().ProblemsOf([Text(body: "We open at 9.", at: night.AddMinutes(2))], [Asked(night)]).ShouldBeEmpty();
        new LawCheck().ProblemsOf([Text(at: night.AddMinutes(16))], [Asked(night)]).ShouldHaveSingleItem().ShouldContain("outside the hours");
    }

    [Fact]
    public void Answers_go_past_our_own_cap_and_what_is_planned_after_them_does_not()
    {
        var hours = Enumerable.Range(0, 5).Select(hour => Monday10.AddHours(hour)).ToList();
        LedgerEntry[] answers = [Text(), .. hours.Select(at => Text(at: at.AddMinutes(1)))];
        new LawCheck().ProblemsOf(answers, hours.Select(Asked)).ShouldBeEmpty();
        new LawCheck().ProblemsOf([.. answers, Text(at: Monday10.AddHours(6))], hours.Select(Asked)).ShouldHaveSingleItem().ShouldContain("more than 3 texts in 24 hours");
    }

    [Fact]
    public void A_states_cap_holds_for_answers_too()
    {
        var hours = Enumerable.Range(0, 4).Select(hour => Monday10.AddHours(hour)).ToList();
        new LawCheck().ProblemsOf([.. hours.Select(at => Text("+13055550123", at: at.AddMinutes(1)))], hours.Select(at => Asked(at) with { From = "+13055550123" }))
            .ShouldHaveSingleItem().ShouldContain("more than 3 texts in 24 hours");
    }

    [Fact]
    public void A_number_of_nowhere_is_told() => Of(Text("+15005550001")).ShouldHaveSingleItem().ShouldContain("nowhere");

    [Fact]
    public void What_the_vendor_refused_is_nobodys_text() => Of(Text(at: Monday10.AddHours(-5)) with { Accepted = false }).ShouldBeEmpty();

    [Theory]
    [InlineData("text/plain", 3)]
    [InlineData("text/plain 1 Main St, Austin, TX 78704", 2)]
    [InlineData("text/plain text/html http://x/unsubscribe/1 List-Unsubscribe-Post", 1)]
    [InlineData("text/plain text/html http://x/unsubscribe/1 List-Unsubscribe-Post 1 Main St, Austin, TX 78704", 0)]
    public void An_email_needs_its_link_both_forms_and_the_shops_address(string content, int problems) => Of(new LedgerEntry(
        1, Monday10, Vendor.SendGrid, "mail.send", new JsonObject { ["content"] = content }, "accepted", true, "m1")).Count.ShouldBe(problems);

    [Theory]
    [InlineData("STOP", 60, null, true)]
    [InlineData("please stop texting me", 60, null, true)]
    [InlineData("STOP", 10, null, false)] // it had left
    [InlineData("STOP", 60, "START", false)]
    [InlineData("When do you open?", 60, null, false)]
    public void A_text_after_a_stop_is_unlawful_by_day(string said, int secondsAfter, string? then, bool isUnlawful)
    {
        Text[] received = [Asked(Monday10) with { Body = said }, .. then is null ? Array.Empty<Text>() : [Asked(Monday10.AddSeconds(20)) with { Body = then }]];

        new LawCheck().ProblemsOf([Text(at: Monday10.AddSeconds(secondsAfter))], received).Count(problem => problem.Contains("said stop", StringComparison.Ordinal)).ShouldBe(isUnlawful ? 1 : 0);
    }

    [Fact]
    public void And_by_night_where_it_is_no_answer_either()
    {
        var night = Monday10.AddHours(-5);

        new LawCheck().ProblemsOf([Text(at: night.AddMinutes(2))], [Asked(night) with { Body = "STOP" }]).Count.ShouldBe(2, "after a stop, and outside the hours");
    }

    [Fact]
    public void A_number_that_is_faster_than_its_carrier_has_a_queue_there() => LawCheck.CarrierQueues(
        [.. Enumerable.Range(0, 4).Select(second => Text(at: Monday10.AddSeconds(second), body: new string('a', 161)))], 1).ShouldHaveSingleItem().ShouldBe(3);

    [Fact]
    public void One_that_keeps_to_its_pace_has_none() => LawCheck.CarrierQueues(
        [.. Enumerable.Range(0, 4).Select(second => Text(at: Monday10.AddSeconds(second)))], 1).ShouldHaveSingleItem().ShouldBe(0);

    private static IReadOnlyList<string> Of(params LedgerEntry[] ledger) => new LawCheck().ProblemsOf(ledger);

    private static Text Asked(DateTimeOffset at) => new() { Sid = "SM0", Direction = "inbound", From = "+15125550123", To = "+15125550100", Body = "When do you open?", Status = "received", At = at };

    private LedgerEntry Text(string to = "+15125550123", string body = Greeting, DateTimeOffset? at = null, int? validity = 3600)
    {
        var request = new JsonObject { ["To"] = to, ["Body"] = body };
        if (validity is { } seconds)
        {
            request["ValidityPeriod"] = $"{seconds}";
        }

        return new LedgerEntry(++_seq, at ?? Monday10, Vendor.Twilio, "messages.create", request, "accepted", true, "SM1");
    }
}
