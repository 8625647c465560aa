using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LeadOrchestrator.Browser.Tests;

/// <summary>The Sandbox's page: the shop's CRM and the customer's phone.</summary>
public sealed class SandboxPage(IPage page)
{
    public IPage Page => page;

    /// <summary>The texts on the phone that is shown, oldest first.</summary>
    public ILocator Texts => page.Locator("#texts .bubble");

    public static async Task<SandboxPage> OpenAsync(Visitor visitor, Uri url)
    {
        ArgumentNullException.ThrowIfNull(visitor);
        ArgumentNullException.ThrowIfNull(url);
        var sandbox = new SandboxPage(await visitor.Context.NewPageAsync());
        await sandbox.Page.GotoAsync(url.ToString());
        // It fills the form in by itself once it is connected; what is typed before would be lost.
        await Expect(sandbox.Page.GetByLabel("First name")).Not.ToHaveValueAsync("");
        return sandbox;
    }

    /// <summary>Fills in and sends the form of the shop's website.</summary>
    public async Task RequestQuoteAsync(string firstName, string phone)
    {
        await page.GetByLabel("First name").FillAsync(firstName);
        await page.GetByLabel("Last name").FillAsync("Lopez");
        await page.GetByLabel("Mobile phone").FillAsync(phone);
        await page.GetByLabel("Vehicle").FillAsync("2022 Toyota RAV4");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send request" }).ClickAsync();
    }

    /// <summary>Taps the link of the first text: a new tab, as on a phone.</summary>
    public async Task<ChatPage> TapLinkAsync()
    {
        var chat = new ChatPage(await page.Context.RunAndWaitForPageAsync(() => Texts.First.GetByRole(AriaRole.Link).ClickAsync()));
        await Expect(chat.Field).ToBeVisibleAsync();
        return chat;
    }

    /// <summary>One of the quick replies under the texts.</summary>
    public Task QuickReplyAsync(string words) => page.GetByRole(AriaRole.Button, new() { Name = words, Exact = true }).ClickAsync();
}
