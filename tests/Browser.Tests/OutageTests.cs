using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LeadOrchestrator.Browser.Tests;

/// <summary>Services that stop and come back under an open page.</summary>
public sealed class OutageTests(Shop shop) : IClassFixture<Shop>
{
    [Fact]
    public async Task After_a_restart_of_both_services_the_conversation_is_still_there()
    {
        var (visitor, chat, _) = await shop.NewCustomerAsync();
        await using var _ = visitor;
        await chat.AskAndReadAsync("How much is it?", number: 1);
        var shown = await chat.ReadAllAsync();

        await Task.WhenAll(shop.StopOrchestratorAsync(), shop.StopChatApiAsync());
        await shop.StartChatApiAsync();
        await shop.StartOrchestratorAsync();

        await chat.Page.ReloadAsync();
        await Expect(chat.EndedAnswers).ToHaveCountAsync(1);
        (await chat.ReadAllAsync()).ShouldBe(shown);
        await chat.AskAndReadAsync("And how long does it take?", number: 2);
    }

    [Fact]
    public async Task While_the_Chat_API_is_away_the_page_says_so_and_then_goes_on()
    {
        var (visitor, chat, phone) = await shop.NewCustomerAsync();
        await using var _ = visitor;
        await chat.AskAndReadAsync("How much is it?", number: 1);

        await shop.StopChatApiAsync();
        await Expect(chat.Page.GetByText("Connection lost. Trying again…")).ToBeVisibleAsync();
        await chat.AskAsync("Are you there?");
        await Expect(chat.Page.GetByText("Not sent yet.")).ToBeVisibleAsync();

        // The page's longest pause between two tries is 15 s.
        await shop.StartChatApiAsync();
        await Expect(chat.Page.GetByText("Connection lost. Trying again…")).ToBeHiddenAsync(new() { Timeout = 40_000 });
        await Expect(chat.EndedAnswers).ToHaveCountAsync(2);
        (await shop.StoredAsync(phone)).Count(message => message.Content == "Are you there?").ShouldBe(1);
    }

    [Fact]
    public async Task A_link_opened_while_the_Chat_API_is_away_opens_when_it_is_back()
    {
        var link = await shop.TextedLinkAsync(shop.NewPhone());
        await shop.StopChatApiAsync();
        await using var visitor = await shop.NewVisitorAsync();
        var page = await visitor.Context.NewPageAsync();
        await page.GotoAsync(link);
        await Expect(page.GetByRole(AriaRole.Heading)).ToHaveTextAsync("No connection");

        await page.GetByRole(AriaRole.Button, new() { Name = "Try now" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading)).ToHaveTextAsync("No connection");

        // From here on the page may open by itself at any moment, and then there is nothing to tap any more.
        await shop.StartChatApiAsync();
        await Expect(new ChatPage(page).Field).ToBeVisibleAsync(new() { Timeout = 40_000 });
    }
}
