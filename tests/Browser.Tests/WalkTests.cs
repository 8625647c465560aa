using System.Text.RegularExpressions;
using LeadOrchestrator.Testing;
using static Microsoft.Playwright.Assertions;

namespace LeadOrchestrator.Browser.Tests;

/// <summary>The walks A, B and C as a customer sees them.</summary>
public sealed partial class WalkTests(Shop shop) : IClassFixture<Shop>
{
    [Fact]
    public async Task A_quote_request_becomes_a_text_whose_link_opens_a_chat_that_answers_word_by_word()
    {
        shop.Sandbox.Model.TokenDelay = TimeSpan.FromMilliseconds(25);
        await using var visitor = await shop.NewVisitorAsync(width: 1280);
        var sandbox = await SandboxPage.OpenAsync(visitor, shop.Sandbox.Url);
        var phone = shop.NewPhone();

        await sandbox.RequestQuoteAsync("Maya", phone);
        await Expect(sandbox.Texts).ToHaveCountAsync(1);
        await Expect(sandbox.Texts.First).ToContainTextAsync("Acme Tint Austin");
        await Expect(sandbox.Texts.First).ToContainTextAsync($"{shop.Url}c/");
        await Expect(sandbox.Texts.First).ToContainTextAsync("STOP");

        var chat = await sandbox.TapLinkAsync();
        await chat.WatchGrowthAsync();
        var first = await chat.AskAndReadAsync("How much is ceramic tint for my car?", number: 1);
        var lengths = await chat.GrowthAsync();
        lengths.Length.ShouldBeGreaterThan(1);
        lengths.ShouldBeInOrder();
        first.ShouldContain("$");
        var second = await chat.AskAndReadAsync("And how long does it take?", number: 2);

        var stored = await shop.StoredAsync(phone);
        stored.Select(message => (message.Role, message.Status)).ShouldBe(
            [("customer", "complete"), ("assistant", "complete"), ("customer", "complete"), ("assistant", "complete")]);
        stored[0].Content.ShouldBe("How much is ceramic tint for my car?");
        Letters(first).ShouldBe(Letters(stored[1].Content));
        stored[2].Content.ShouldBe("And how long does it take?");
        Letters(second).ShouldBe(Letters(stored[3].Content));

        var shown = await chat.ReadAllAsync();
        await chat.Page.ReloadAsync();
        await Expect(chat.EndedAnswers).ToHaveCountAsync(2);
        (await chat.ReadAllAsync()).ShouldBe(shown);
        visitor.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task STOP_from_the_phone_ends_the_texts_and_opts_the_lead_out()
    {
        await using var visitor = await shop.NewVisitorAsync(width: 1280);
        var sandbox = await SandboxPage.OpenAsync(visitor, shop.Sandbox.Url);
        var phone = shop.NewPhone();
        await sandbox.RequestQuoteAsync("Maya", phone);
        // The phone on the page may still be another customer's for a moment.
        await Eventually.TrueAsync(() => Task.FromResult(shop.Sandbox.Twilio.SentTo(phone).Count == 1), "the text to go out");
        await Expect(sandbox.Texts).ToHaveCountAsync(1);

        await sandbox.QuickReplyAsync("STOP");
        await Expect(sandbox.Page.GetByText("This number said STOP")).ToBeVisibleAsync();
        await Eventually.ValueAsync(async () => (await shop.LeadAsync(phone)).GetProperty("status").GetString(), status => status == "opted_out", "the lead to be opted out");

        // Asking for another quote does not undo it.
        await sandbox.RequestQuoteAsync("Maya", phone);
        await Eventually.ValueAsync(
            () => shop.Database.ColumnAsync<string>("SELECT t.status FROM touch_points t JOIN leads l ON l.id = t.lead_id WHERE l.phone = $1 AND t.step = 'greeting'", phone),
            statuses => statuses.Count == 2 && !statuses.Any(status => status is "scheduled" or "sending"), "both touch points to be decided");
        shop.Sandbox.Twilio.SentTo(phone).Count.ShouldBe(1);
    }

    // The page draws lists and emphasis; the letters are the same.
    private static string Letters(string text) => Marks().Replace(text, "");

    [GeneratedRegex(@"\s|^- |\*", RegexOptions.Multiline)]
    private static partial Regex Marks();
}
