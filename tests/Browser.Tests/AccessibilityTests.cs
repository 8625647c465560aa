using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LeadOrchestrator.Browser.Tests;

/// <summary>axe-core finds nothing, and nothing is wider than the screen.</summary>
public sealed class AccessibilityTests(Shop shop) : IClassFixture<Shop>
{
    internal const string Overflow = "() => document.scrollingElement.scrollWidth - document.documentElement.clientWidth";

    public static TheoryData<int, int, ColorScheme> Devices => new()
    {
        { 390, 844, ColorScheme.Light },
        { 390, 844, ColorScheme.Dark },
        { 360, 640, ColorScheme.Light },
        { 360, 640, ColorScheme.Dark },
    };

    [Theory]
    [MemberData(nameof(Devices))]
    public async Task The_chat_page_has_no_violation_while_it_answers_and_after(int width, int height, ColorScheme scheme)
    {
        await using var visitor = await OpenAsync(width, height, scheme);
        var chat = await ChatPage.OpenAsync(visitor, await shop.TextedLinkAsync(shop.NewPhone()));
        shop.Sandbox.Model.TokenDelay = TimeSpan.FromMilliseconds(500);
        await chat.AskAsync("How much is ceramic tint, and when are you open?");
        await Expect(chat.Answers).ToContainTextAsync(["Here is"]);
        (await Axe.ViolationsAsync(chat.Page)).ShouldBeEmpty();
        await Expect(chat.EndedAnswers).ToHaveCountAsync(0);

        shop.Sandbox.Model.TokenDelay = TimeSpan.Zero;
        await Expect(chat.EndedAnswers).ToHaveCountAsync(1);
        (await Axe.ViolationsAsync(chat.Page)).ShouldBeEmpty();
        (await chat.Page.EvaluateAsync<int>(Overflow)).ShouldBeLessThanOrEqualTo(0);
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public async Task The_page_of_a_dead_link_has_no_violation(int width, int height, ColorScheme scheme)
    {
        await using var visitor = await OpenAsync(width, height, scheme);
        var page = await visitor.Context.NewPageAsync();
        await page.GotoAsync(new Uri(shop.Url, "/c/not-a-code").ToString());
        await Expect(page.GetByRole(AriaRole.Heading)).ToHaveTextAsync("This link doesn't work any more");
        (await Axe.ViolationsAsync(page)).ShouldBeEmpty();
        (await page.EvaluateAsync<int>(Overflow)).ShouldBeLessThanOrEqualTo(0);
    }

    // Still pages: in the middle of fading in, every text is too pale.
    private Task<Visitor> OpenAsync(int width, int height, ColorScheme scheme) => shop.NewVisitorAsync(width, height, scheme, ReducedMotion.Reduce);
}
