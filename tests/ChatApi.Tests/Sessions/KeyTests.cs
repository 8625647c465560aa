using System.Net;
using System.Net.Http.Json;
using LeadOrchestrator.Shared.Auth;

namespace LeadOrchestrator.ChatApi.Tests.Sessions;

/// <summary>What a system may do in the chat with its key.</summary>
public sealed class KeyTests(Scene scene) : IClassFixture<Scene>
{
    [Theory]
    [InlineData("")]
    [InlineData("/{id}")]
    [InlineData("/{id}/messages")]
    [InlineData("/{id}/stream")]
    [InlineData("/{id}/handover")]
    [InlineData("/{id}/pictures")]
    [InlineData("/{id}/pictures/{id}")]
    public async Task A_key_that_may_read_reads_the_chat_and_one_that_hands_leads_in_does_not(string path)
    {
        var customer = await scene.CustomerAsync();
        var (read, write) = (await KeyAsync(KeyScopes.Read), await KeyAsync(KeyScopes.LeadsWrite));

        (await StatusAsync(read, null)).ShouldBe(path.EndsWith("/pictures/{id}", StringComparison.Ordinal) ? HttpStatusCode.NotFound : HttpStatusCode.OK);
        (await StatusAsync(read, "chat-x=y")).ShouldNotBe(HttpStatusCode.Unauthorized);
        (await StatusAsync(write, null)).ShouldBe(HttpStatusCode.Forbidden);
        (await StatusAsync($"{read[..^1]}_", null)).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync(null, null)).ShouldBe(HttpStatusCode.Unauthorized);

        async Task<HttpStatusCode> StatusAsync(string? key, string? cookie)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/chat/sessions{path.Replace("{id}", customer.SessionId.ToString(), StringComparison.Ordinal)}");
            request.Headers.TryAddWithoutValidation("X-Api-Key", key);
            request.Headers.TryAddWithoutValidation("Cookie", cookie);
            using var answer = await customer.Server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task A_key_that_may_read_writes_nothing_in_a_chat_and_does_not_see_what_managers_see()
    {
        var customer = await scene.CustomerAsync();
        var key = await KeyAsync(KeyScopes.Read);
        foreach (var (method, path) in new[] { (HttpMethod.Post, $"{customer.Path}/messages"), (HttpMethod.Post, $"{customer.Path}/takeover"), (HttpMethod.Get, "/api/chat/costs") })
        {
            using var request = new HttpRequestMessage(method, path);
            request.Headers.Add("X-Api-Key", key);
            request.Content = method == HttpMethod.Post ? JsonContent.Create(new { clientMessageId = Guid.CreateVersion7(), content = "Hi" }) : null;
            using var answer = await customer.Server.Http.SendAsync(request);
            answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden, path);
        }
    }

    private async Task<string> KeyAsync(string scope)
    {
        await using var transaction = await scene.Database.Lead.BeginAsync(scene.TenantId, CancellationToken.None);
        var key = await scene.Chat.Get<ApiKeyStore>().AddAsync(transaction, $"Key {Guid.CreateVersion7()}", [scope], null, Guid.CreateVersion7(), CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
        return key!.Value.Key;
    }
}
