using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LeadOrchestrator.Browser.Tests;

/// <summary>axe-core finds nothing on the Sandbox's page either, and nothing is wider than the screen.</summary>
public sealed class SandboxAccessibilityTests(Shop shop) : IClassFixture<Shop>
{
    [Theory]
    [MemberData(nameof(AccessibilityTests.Devices), MemberType = typeof(AccessibilityTests))]
    [InlineData(1440, 900, ColorScheme.Light)]
    [InlineData(1440, 900, ColorScheme.Dark)]
    public async Task The_page_of_the_Sandbox_has_no_violation(int width, int height, ColorScheme scheme)
    {
        await using var visitor = await shop.NewVisitorAsync(width, height, scheme, ReducedMotion.Reduce);
        var sandbox = await SandboxPage.OpenAsync(visitor, shop.Sandbox.Url);
        await sandbox.RequestQuoteAsync("Maya", shop.NewPhone());
        await Expect(sandbox.Texts).ToHaveCountAsync(1);
        (await Axe.ViolationsAsync(sandbox.Page)).ShouldBeEmpty();
        (await sandbox.Page.EvaluateAsync<int>(AccessibilityTests.Overflow)).ShouldBeLessThanOrEqualTo(0);
    }
}
