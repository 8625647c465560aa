using LeadOrchestrator.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LeadOrchestrator.Shared.Tests.Hosting;

public sealed class SecurityHeadersTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async ValueTask DisposeAsync() => await _database.DisposeAsync();

    [Theory]
    [InlineData("/api/people", "no-store")]
    [InlineData("/API/People", "no-store")]
    [InlineData("/api/nothing-there", "no-store")]
    [InlineData("/api/picture", "no-store, private")]
    [InlineData("/apiary", null)]
    public async Task No_cache_keeps_what_the_API_says_of_people(string path, string? expected)
    {
        await using var service = await SmallService.StartAsync(_database, app =>
        {
            app.MapGet("/api/people", () => "Ann").AllowAnonymous();
            app.MapGet("/apiary", () => "bees").AllowAnonymous();
            app.MapGet("/api/picture", (HttpContext http) =>
            {
                http.Response.Headers.CacheControl = "private, no-store";
                return "picture";
            }).AllowAnonymous();
        });

        using var answer = await service.Http.GetAsync(new Uri(path, UriKind.Relative));

        (answer.Headers.CacheControl?.ToString()).ShouldBe(expected);
    }
}
