using System.Net;

namespace LeadOrchestrator.Orchestrator.Tests.Web;

/// <summary>The door that everybody sees.</summary>
public sealed class ChatPageTests(Shop shop) : IClassFixture<Shop>
{
    [Fact]
    public async Task The_page_is_the_same_for_any_code_is_never_cached_and_tells_nobody()
    {
        using var answer = await shop.Http.GetAsync("/c/any-code-at-all");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        answer.Headers.GetValues("Referrer-Policy").ShouldBe(["no-referrer"]);
        answer.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("default-src 'self'");
        answer.Headers.GetValues("X-Robots-Tag").Single().ShouldContain("noindex");
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM chat_sessions WHERE opened_at IS NOT NULL")).ShouldBe(0);
    }

    [Theory]
    [InlineData("/c/any-code")]
    [InlineData("/health/ready")]
    public async Task HEAD_is_answered_where_GET_is(string path)
    {
        using var answer = await shop.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_page_as_a_file_is_framed_by_nobody_and_loads_nothing_of_others_either()
    {
        using var answer = await shop.Http.GetAsync("/chat/index.html");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Headers.GetValues("X-Frame-Options").ShouldBe(["DENY"]);
        answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        answer.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("frame-ancestors 'none'");
    }

    [Theory]
    [InlineData("/api/nothing")]
    [InlineData("/webhooks/nothing")]
    [InlineData("/nothing")]
    public async Task A_path_that_is_nothing_is_no_page(string path)
    {
        using var answer = await shop.Http.GetAsync(path);
        ((int)answer.StatusCode).ShouldBeOneOf(401, 404);
        answer.Content.Headers.ContentType?.MediaType.ShouldNotBe("text/html");
    }

    [Fact]
    public async Task The_api_describes_itself()
    {
        (await shop.Http.GetStringAsync("/openapi/v1.json")).ShouldContain("/api/leads/{id}/timeline");
        (await shop.Http.GetAsync("/docs")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task While_the_chat_api_is_away_the_forward_says_so()
    {
        using var answer = await shop.Http.GetAsync("/api/chat/sessions/current");
        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        answer.Headers.RetryAfter.ShouldNotBeNull();
    }
}
