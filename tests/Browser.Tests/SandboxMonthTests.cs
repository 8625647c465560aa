using LeadOrchestrator.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LeadOrchestrator.Browser.Tests;

/// <summary>A lead's month on the Sandbox's page, with the clock moved from there. It has a shop of its own: the others stay on Monday.</summary>
public sealed class SandboxMonthTests(Shop shop) : IClassFixture<Shop>
{
    [Fact]
    public async Task A_month_shows_what_was_sent_what_quiet_hours_deferred_and_what_a_reply_cancelled()
    {
        await using var visitor = await shop.NewVisitorAsync(1440, 900, ColorScheme.Light, ReducedMotion.Reduce);
        var sandbox = await SandboxPage.OpenAsync(visitor, shop.Sandbox.Url);
        var month = sandbox.Page.Locator("#monthList");
        ILocator Step(string name) => month.Locator($"li[data-step={name}]");

        // 22:00 at the shop: the greeting waits for the morning, and the rest of the month is known already.
        await LaterAsync(sandbox.Page, "2026-11-24T04:00:00Z");
        await sandbox.RequestQuoteAsync("Maya", shop.NewPhone());
        await Expect(Step("greeting")).ToContainTextAsync("deferred by quiet hours");
        await Expect(Step("greeting")).ToContainTextAsync("scheduled");
        await Expect(Step("greeting")).ToContainTextAsync("CST");
        await Expect(Step("day_7")).ToContainTextAsync("to come");

        await sandbox.Page.GetByRole(AriaRole.Button, new() { Name = "To the next morning" }).ClickAsync();
        await Expect(Step("greeting")).ToContainTextAsync("delivered", new() { Timeout = 15_000 });
        await Expect(Step("greeting")).ToContainTextAsync("deferred by quiet hours");
        await Expect(Step("next_day")).ToContainTextAsync("scheduled");

        await sandbox.Page.GetByRole(AriaRole.Button, new() { Name = "One day later" }).ClickAsync();
        await sandbox.Page.GetByRole(AriaRole.Button, new() { Name = "One hour later" }).ClickAsync();
        await Expect(Step("next_day")).ToContainTextAsync("delivered", new() { Timeout = 15_000 });
        await Expect(sandbox.Texts).ToHaveCountAsync(2);

        await sandbox.QuickReplyAsync("How much?");
        await Expect(Step("day_3")).ToContainTextAsync("cancelled", new() { Timeout = 15_000 });
        await Expect(Step("day_3")).ToContainTextAsync("the customer answered");
        await Expect(Step("day_7")).ToHaveCountAsync(0);
        (await Axe.ViolationsAsync(sandbox.Page)).ShouldBeEmpty();
    }

    private async Task LaterAsync(IPage page, string now)
    {
        shop.Sandbox.Clock.Set(now);
        await Expect(page.Locator("#clockTime")).ToHaveTextAsync("10:00 PM");
    }
}
