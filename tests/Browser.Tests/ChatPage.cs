using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LeadOrchestrator.Browser.Tests;

/// <summary>The customer's chat page in one tab.</summary>
public sealed class ChatPage(IPage page)
{
    private const string Items = "[role=region] > div > ol > li";
    private const string AnswerItems = Items + ":has(> p.sr-only:text-is('AI assistant'))";

    // Notes each length that the newest answer had, as it grew.
    private const string WatchGrowth = """
        () => {
          const list = document.querySelector('[role=region] > div > ol');
          const seen = (window.answerLengths = []);
          new MutationObserver(() => {
            const answer = [...list.children].findLast((item) => item.querySelector(':scope > p.sr-only')?.textContent === 'AI assistant');
            const length = answer?.querySelector(':scope > div').textContent.length ?? 0;
            if (length > 0 && seen.at(-1) !== length) seen.push(length);
          }).observe(list, { subtree: true, childList: true, characterData: true });
        }
        """;

    public IPage Page => page;

    public ILocator Field => page.GetByRole(AriaRole.Textbox, new() { Name = "Your message" });

    public ILocator Send => page.GetByRole(AriaRole.Button, new() { Name = "Send" });

    /// <summary>What the assistant said, a bubble each; the last one may still grow.</summary>
    public ILocator Answers => page.Locator(AnswerItems + " > div");

    /// <summary>The answers that have ended: they carry their time.</summary>
    public ILocator EndedAnswers => page.Locator(AnswerItems + ":has(> p > time)");

    /// <summary>Everything that was said, in its order.</summary>
    public ILocator Bubbles => page.Locator(Items + " > div");

    public static async Task<ChatPage> OpenAsync(Visitor visitor, string link)
    {
        ArgumentNullException.ThrowIfNull(visitor);
        var chat = new ChatPage(await visitor.Context.NewPageAsync());
        await chat.Page.GotoAsync(link);
        await Expect(chat.Field).ToBeVisibleAsync();
        return chat;
    }

    /// <summary>Types a question and presses the button.</summary>
    public async Task AskAsync(string question)
    {
        await Field.FillAsync(question);
        await Send.ClickAsync();
        await Expect(page.Locator(Items).Filter(new() { HasText = question })).ToBeVisibleAsync();
    }

    /// <summary>Asks, and waits until the answer has ended; it is the page's answer number <paramref name="number"/>.</summary>
    /// <returns>What the bubble shows.</returns>
    public async Task<string> AskAndReadAsync(string question, int number)
    {
        await AskAsync(question);
        await Expect(EndedAnswers).ToHaveCountAsync(number);
        return await Answers.Last.InnerTextAsync();
    }

    public Task WatchGrowthAsync() => page.EvaluateAsync(WatchGrowth);

    /// <summary>The lengths that the newest answer had since <see cref="WatchGrowthAsync"/>.</summary>
    public Task<int[]> GrowthAsync() => page.EvaluateAsync<int[]>("() => window.answerLengths");

    public async Task<IReadOnlyList<string>> ReadAllAsync() => await Bubbles.AllInnerTextsAsync();
}
