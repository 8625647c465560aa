using LeadOrchestrator.Sandbox;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LeadOrchestrator.Browser.Tests;

/// <summary>Several shops of two companies on the Sandbox's page.</summary>
public sealed class SandboxShopsTests(Shop shop) : IClassFixture<Shop>
{
    [Fact]
    public async Task A_request_at_another_shop_asks_for_a_service_of_that_shop_and_the_phone_names_it()
    {
        await using var vendors = await SandboxServer.StartAsync(SandboxSettings.ForTests);
        await using var visitor = await shop.NewVisitorAsync(1440, 900, ColorScheme.Light, ReducedMotion.Reduce);
        var sandbox = await SandboxPage.OpenAsync(visitor, vendors.Url);
        var page = sandbox.Page;
        await page.GetByLabel("Service").SelectOptionAsync("Windshield Strip");

        await page.Locator("#locations").GetByRole(AriaRole.Button, new() { Name = "Brooklyn" }).ClickAsync();
        await Expect(page.GetByLabel("Service")).ToHaveValueAsync("Interior Detail");
        await sandbox.RequestQuoteAsync("Maya", "+15125550178");

        await Expect(page.GetByRole(AriaRole.Group, new() { Name = "Quote Requests" })).ToContainTextAsync("Interior Detail");
        await Expect(page.Locator("#shopName")).ToHaveTextAsync("Bright Detail Brooklyn");
        visitor.Complaints.ShouldBeEmpty();
    }
}
