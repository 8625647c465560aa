using LeadOrchestrator.Sandbox;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LeadOrchestrator.Browser.Tests;

/// <summary>Bad days, made on the page of a Sandbox of its own: where a product runs, its calls would use them up.</summary>
public sealed class SandboxFaultsTests(Shop shop) : IClassFixture<Shop>
{
    [Theory]
    [InlineData(1440, 900, ColorScheme.Light)]
    [InlineData(360, 640, ColorScheme.Dark)]
    public async Task Faults_are_armed_shown_and_cleared_from_the_page_every_kind_of_them(int width, int height, ColorScheme scheme)
    {
        await using var vendors = await SandboxServer.StartAsync(SandboxSettings.ForTests);
        await using var visitor = await shop.NewVisitorAsync(width, height, scheme, ReducedMotion.Reduce);
        var page = (await SandboxPage.OpenAsync(visitor, vendors.Url)).Page;
        var armed = page.Locator("#armedList li");
        var count = 0;

        foreach (var vendor in (string[])["Twilio", "SendGrid", "Shopmonkey", "Claude", "GPT"])
        {
            await page.Locator("#faultVendors").GetByRole(AriaRole.Button, new() { Name = vendor }).ClickAsync();
            // On the small screen one of each vendor: what they look like is what matters there.
            foreach (var card in (await page.Locator("#faultList form").AllAsync()).Take(width < 500 ? 1 : int.MaxValue))
            {
                await card.GetByRole(AriaRole.Button).ClickAsync();
                count++;
            }

            await Expect(armed).ToHaveCountAsync(count);
            (await Axe.ViolationsAsync(page)).ShouldBeEmpty();
            (await page.EvaluateAsync<int>(AccessibilityTests.Overflow)).ShouldBeLessThanOrEqualTo(0);
        }

        vendors.Faults.Waiting.Count.ShouldBe(count);
        await armed.First.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(armed).ToHaveCountAsync(count - 1);
        await page.GetByRole(AriaRole.Button, new() { Name = "Clear all" }).ClickAsync();
        await Expect(page.Locator("#armed")).ToBeHiddenAsync();
        vendors.Faults.Waiting.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_left_of_a_fault_is_shown_as_it_strikes()
    {
        await using var vendors = await SandboxServer.StartAsync(SandboxSettings.ForTests);
        await using var visitor = await shop.NewVisitorAsync(1440, 900, ColorScheme.Light, ReducedMotion.Reduce);
        var sandbox = await SandboxPage.OpenAsync(visitor, vendors.Url);
        await sandbox.Page.Locator("#faultVendors").GetByRole(AriaRole.Button, new() { Name = "Shopmonkey" }).ClickAsync();
        var card = sandbox.Page.GetByRole(AriaRole.Form, new() { Name = "A webhook is lost" });
        await card.GetByLabel("Calls").FillAsync("2");
        await card.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(sandbox.Page.Locator("#armedList li")).ToContainTextAsync("2 left");

        await sandbox.RequestQuoteAsync("Maya", "+15125550177");

        await Expect(sandbox.Page.Locator("#armedList li")).ToContainTextAsync("1 left");
    }
}
