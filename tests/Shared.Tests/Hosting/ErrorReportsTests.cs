using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.Shared.Tests.Hosting;

/// <summary>What leaves for Sentry, on the wire.</summary>
public sealed class ErrorReportsTests : IAsyncLifetime
{
    private const string Phone = "+15125550142";
    private const string Email = "ann.canary@example.com";
    private const string Code = "canarycanarycanary1234";
    private const string Key = "sk-ant-canary-0123456789";

    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async ValueTask DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task An_error_arrives_with_its_kind_and_place_and_without_any_persons_data()
    {
        await using var sentry = await Receiver.StartAsync();
        var variables = SmallService.Variables(_database.Url);
        variables["SENTRY_DSN"] = $"http://public-key@{sentry.Url.Authority}/1";
        variables["LOG_LEVEL"] = "error";
        await using var service = SmallService.Create(variables, app => app.MapPost(
            "/c/{code}", string (HttpContext _) => throw new InvalidOperationException($"Cannot text {Phone} ({Email}) the link https://x.example/c/{Code} with {Key}")).AllowAnonymous());
        await service.StartAsync();

        using var body = new StringContent($"a body of {Email}");
        using var answer = await service.Http.PostAsync(new Uri($"/c/{Code}?email={Email}", UriKind.Relative), body);

        ((int)answer.StatusCode).ShouldBe(500);
        await Eventually.TrueAsync(() => sentry.Text.Contains("InvalidOperationException", StringComparison.Ordinal), "the event at Sentry");
        sentry.Text.ShouldContain("POST /c/{code} failed");
        sentry.Text.ShouldContain("[phone]");
        foreach (var canary in new[] { Phone[1..], Email, Code, Key, "a body of" })
        {
            sentry.Text.ShouldNotContain(canary);
        }
    }

    [Fact]
    public async Task Our_own_calls_to_vendors_and_what_an_exception_carries_beside_its_words_stay_here()
    {
        await using var sentry = await Receiver.StartAsync();
        var variables = SmallService.Variables(_database.Url);
        variables["SENTRY_DSN"] = $"http://public-key@{sentry.Url.Authority}/1";
        variables["LOG_LEVEL"] = "error";
        await using var service = SmallService.Create(variables, app =>
        {
            app.MapGet("/vendor/{**path}", () => Results.StatusCode(500)).AllowAnonymous();
            app.MapGet("/broken", async Task<string> (HttpContext http, IHttpClientFactory clients) =>
            {
                using var client = clients.CreateClient();
                using var answer = await client.GetAsync(new Uri($"http://127.0.0.1:{http.Connection.LocalPort}/vendor/people/Canary-Person"));
                throw new InvalidOperationException("broken") { Data = { ["customer"] = "Canary-Data" } };
            }).AllowAnonymous();
        }, services => services.AddHttpClient());
        await service.StartAsync();

        using var answer = await service.Http.GetAsync(new Uri("/broken", UriKind.Relative));

        await Eventually.TrueAsync(() => sentry.Text.Contains("GET /broken failed", StringComparison.Ordinal), "the event at Sentry");
        sentry.Text.ShouldNotContain("Canary");
    }

    [Theory]
    [InlineData("https://key@sentry.example.com/1", true)]
    [InlineData("http://key@localhost:9000/42", true)]
    [InlineData("https://sentry.example.com/1", false)]
    [InlineData("https://key@sentry.example.com/", false)]
    [InlineData("key", false)]
    [InlineData("ftp://key@sentry.example.com/1", false)]
    public void A_data_source_name_has_a_key_a_host_and_a_project(string text, bool isDsn) => ErrorReports.IsDsn(text).ShouldBe(isDsn);
}
