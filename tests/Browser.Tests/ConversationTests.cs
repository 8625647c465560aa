using System.Collections.Concurrent;
using System.IO.Compression;
using LeadOrchestrator.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LeadOrchestrator.Browser.Tests;

/// <summary>One conversation, whatever the customer does with the page.</summary>
public sealed class ConversationTests(Shop shop) : IClassFixture<Shop>
{
    // One paragraph without marks, so that what is shown can be compared letter by letter; some words come twice, to be lost or doubled if they may.
    private static readonly string LongAnswer = string.Join(' ', Enumerable.Range(1, 60).Select(number => $"Reason {number} is good, good."));

    [Fact]
    public async Task A_reload_in_mid_answer_goes_on_and_repeats_nothing()
    {
        var (visitor, chat, phone) = await CustomerWithSlowAnswersAsync();
        await using var _ = visitor;
        await chat.AskAsync("Why should I?");
        await Expect(chat.Answers.Last).ToContainTextAsync("Reason 4 ");

        await chat.Page.ReloadAsync();
        await Expect(chat.Answers.Last).ToContainTextAsync("Reason 4 ");
        await Expect(chat.EndedAnswers).ToHaveCountAsync(0);
        await Expect(chat.Page.GetByRole(AriaRole.Button, new() { Name = "Stop answering" })).ToBeVisibleAsync();
        await Expect(chat.EndedAnswers).ToHaveCountAsync(1);

        (await chat.Answers.Last.InnerTextAsync()).ShouldBe(LongAnswer);
        (await shop.StoredAsync(phone))[^1].ShouldBe(new StoredMessage("assistant", "complete", LongAnswer));
    }

    [Fact]
    public async Task Two_tabs_show_the_same_conversation_as_it_goes()
    {
        var (visitor, first, phone) = await CustomerWithSlowAnswersAsync();
        await using var _ = visitor;
        var second = await ChatPage.OpenAsync(visitor, first.Page.Url);

        await first.AskAsync("Asked in the first tab?");
        await Expect(second.Answers.Last).ToContainTextAsync("Reason 4 ");
        await Expect(second.EndedAnswers).ToHaveCountAsync(0);
        await Expect(second.EndedAnswers).ToHaveCountAsync(1);
        shop.Sandbox.Model.Script = "Short.";
        await second.AskAndReadAsync("Asked in the second tab?", number: 2);
        await Expect(first.EndedAnswers).ToHaveCountAsync(2);

        string[] conversation = ["Asked in the first tab?", LongAnswer, "Asked in the second tab?", "Short."];
        (await first.ReadAllAsync()).ShouldBe(conversation);
        (await second.ReadAllAsync()).ShouldBe(conversation);
        (await shop.StoredAsync(phone)).Select(message => message.Content).ShouldBe(conversation);
    }

    [Fact]
    public async Task The_customer_can_stop_an_answer_and_what_was_said_stays()
    {
        var (visitor, chat, phone) = await CustomerWithSlowAnswersAsync();
        await using var _ = visitor;
        await chat.AskAsync("Why should I?");
        await Expect(chat.Answers.Last).ToContainTextAsync("Reason 4 ");

        await chat.Page.GetByRole(AriaRole.Button, new() { Name = "Stop answering" }).ClickAsync();
        await Expect(chat.Page.GetByText("The answer ended here")).ToBeVisibleAsync();
        await Expect(chat.Field).ToBeFocusedAsync();

        var stored = await Eventually.ValueAsync(async () => (await shop.StoredAsync(phone))[^1], answer => answer.Status == "interrupted", "the answer to be interrupted");
        LongAnswer.ShouldStartWith(stored.Content);
        stored.Content.ShouldContain("Reason 4 ");
        await chat.Page.ReloadAsync();
        await Expect(chat.Answers.Last).ToHaveTextAsync(stored.Content.Trim());
    }

    [Fact]
    public async Task The_page_says_that_it_is_an_assistant_and_how_to_reach_a_person()
    {
        var (visitor, chat, _) = await shop.NewCustomerAsync();
        await using var _ = visitor;

        await Expect(chat.Page.GetByText("You're chatting with the AI assistant of Acme Tint Austin")).ToBeVisibleAsync();
        await Expect(chat.Page.GetByRole(AriaRole.Heading, new() { Name = "Acme Tint Austin" })).ToBeVisibleAsync();
        var phone = await shop.Database.ScalarAsync<string>("SELECT phone FROM locations WHERE external_id = $1", TestVariables.ShopmonkeyLocationId);
        foreach (var link in await chat.Page.GetByRole(AriaRole.Link).AllAsync())
        {
            await Expect(link).ToHaveAttributeAsync("href", $"tel:{phone}");
        }

        await Expect(chat.Page.GetByRole(AriaRole.Link, new() { NameRegex = new("^Call a person") })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Everything_can_be_done_with_the_keyboard_and_the_focus_is_seen()
    {
        var (visitor, chat, phone) = await shop.NewCustomerAsync();
        await using var _ = visitor;
        const int MostStops = 10;
        for (var stops = 0; !await IsFocusedAsync(chat.Field); stops++)
        {
            stops.ShouldBeLessThan(MostStops, "the field is reached by Tab");
            await chat.Page.Keyboard.PressAsync("Tab");
            (await FocusIsSeenAsync(chat.Page)).ShouldBeTrue($"the focus is seen after {stops + 1} Tabs");
        }

        await chat.Page.Keyboard.TypeAsync("Do you open");
        await chat.Page.Keyboard.PressAsync("Shift+Enter");
        await chat.Page.Keyboard.TypeAsync("on Saturday?");
        await chat.Page.Keyboard.PressAsync("Enter");
        await Expect(chat.EndedAnswers).ToHaveCountAsync(1);
        await Expect(chat.Field).ToBeFocusedAsync();
        await Expect(chat.Field).ToHaveValueAsync("");
        (await shop.StoredAsync(phone))[0].Content.ShouldBe("Do you open\non Saturday?");
    }

    [Fact]
    public async Task The_page_asks_no_one_else_and_its_scripts_are_small()
    {
        const int MostBytes = 90_000;
        await using var visitor = await shop.NewVisitorAsync();
        var scripts = new ConcurrentDictionary<string, IResponse>();
        visitor.Context.Response += (_, response) =>
        {
            if (response.Request.ResourceType == "script")
            {
                scripts.TryAdd(response.Url, response);
            }
        };
        var chat = await ChatPage.OpenAsync(visitor, await shop.TextedLinkAsync(shop.NewPhone()));
        var loaded = scripts.Values.ToList();
        var bodies = await Task.WhenAll(loaded.Select(script => script.BodyAsync()));
        await chat.AskAndReadAsync("How much is it?", number: 1);
        await chat.Page.ReloadAsync();
        await Expect(chat.EndedAnswers).ToHaveCountAsync(1);

        visitor.Requests.Select(request => request.GetLeftPart(UriPartial.Authority)).Distinct().ShouldBe([shop.Url.GetLeftPart(UriPartial.Authority)]);
        visitor.Complaints.ShouldBeEmpty();
        bodies.Sum(Gzipped).ShouldBeInRange(1, MostBytes);
        foreach (var script in loaded)
        {
            (await script.HeaderValueAsync("content-encoding")).ShouldNotBeNullOrEmpty("a script comes compressed");
        }
    }

    private static int Gzipped(byte[] body)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(body);
        }

        return (int)packed.Length;
    }

    private async Task<(Visitor Visitor, ChatPage Chat, string Phone)> CustomerWithSlowAnswersAsync()
    {
        shop.Sandbox.Model.Script = LongAnswer;
        shop.Sandbox.Model.TokenDelay = TimeSpan.FromMilliseconds(20);
        return await shop.NewCustomerAsync();
    }

    private static Task<bool> IsFocusedAsync(ILocator locator) => locator.EvaluateAsync<bool>("element => element === document.activeElement");

    // An outline on the element, or on the frame around it.
    private static Task<bool> FocusIsSeenAsync(IPage page) => page.EvaluateAsync<bool>("""
        () => {
          const focused = document.activeElement;
          const outlined = (element) => element && getComputedStyle(element).outlineStyle !== 'none' && parseFloat(getComputedStyle(element).outlineWidth) > 0;
          return focused !== document.body && focused.matches(':focus-visible') && (outlined(focused) || outlined(focused.parentElement));
        }
        """);
}
