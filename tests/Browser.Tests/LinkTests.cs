using System.Security.Cryptography;
using System.Text;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LeadOrchestrator.Browser.Tests;

/// <summary>Links that open nothing.</summary>
public sealed class LinkTests(Shop shop) : IClassFixture<Shop>
{
    [Fact]
    public async Task A_wrong_an_expired_and_a_revoked_link_show_one_and_the_same_page()
    {
        var expired = await shop.TextedLinkAsync(shop.NewPhone());
        await shop.SetClockAsync(shop.Sandbox.Clock.Now.AddDays(15));
        var revoked = await shop.TextedLinkAsync(shop.NewPhone());
        await shop.Database.ExecuteAsync("UPDATE chat_codes SET revoked_at = created_at WHERE code_hash = $1", SHA256.HashData(Encoding.UTF8.GetBytes(revoked.Split('/')[^1])));
        var wrong = revoked[..^4] + "aaaa";

        var pages = new List<string>();
        foreach (var link in new[] { wrong, expired, revoked })
        {
            // A device of its own each: one that had opened the chat before would still show it.
            await using var visitor = await shop.NewVisitorAsync();
            var page = await visitor.Context.NewPageAsync();
            await page.GotoAsync(link);
            await Expect(page.GetByRole(AriaRole.Heading)).ToHaveTextAsync("This link doesn't work any more");
            await Expect(page.GetByRole(AriaRole.Textbox)).ToHaveCountAsync(0);
            pages.Add($"{await page.TitleAsync()}\n{await page.Locator("body").InnerHTMLAsync()}");
        }

        pages.Distinct().ShouldHaveSingleItem();
    }
}
