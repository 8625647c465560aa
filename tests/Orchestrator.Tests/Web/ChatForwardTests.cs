using LeadOrchestrator.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.Tests.Web;

/// <summary>A customer's live stream goes through this process, and outlives it.</summary>
public sealed class ChatForwardTests(Shop shop) : IClassFixture<Shop>
{
    [Theory]
    [InlineData("text/event-stream")]
    [InlineData("*/*")]
    [InlineData(null)]
    public async Task A_stop_tells_whoever_listens_to_come_back_after_the_last_whole_event(string? accept)
    {
        await using var chat = await ChatAsync("id: 1:1\nevent: answer.delta\ndata: {}\n\n");
        var app = await shop.StartAsync(("CHAT_API_URL", chat.Urls.First()));
        using var stream = await OpenAsync(accept);
        (await stream.ReadLineAsync()).ShouldBe("id: 1:1");

        var stopping = shop.StopAsync(app);
        var rest = await stream.ReadToEndAsync();
        await stopping;

        rest.ShouldBe("event: answer.delta\ndata: {}\n\nretry: 500\nid: 1:1\nevent: reconnect\ndata: {}\n\n");
    }

    [Fact]
    public async Task A_line_on_which_nothing_was_said_is_told_to_come_back_without_a_place()
    {
        await using var chat = await ChatAsync(":\n\n");
        var app = await shop.StartAsync(("CHAT_API_URL", chat.Urls.First()));
        using var stream = await OpenAsync();
        (await stream.ReadLineAsync()).ShouldBe(":");

        var stopping = shop.StopAsync(app);
        var rest = await stream.ReadToEndAsync();
        await stopping;

        rest.ShouldBe("\nretry: 500\nevent: reconnect\ndata: {}\n\n");
    }

    [Fact]
    public async Task A_stop_in_the_middle_of_an_event_cuts_it_and_pretends_nothing()
    {
        await using var chat = await ChatAsync("id: 1:1\nevent: answer.delta\nda");
        var app = await shop.StartAsync(("CHAT_API_URL", chat.Urls.First()));
        using var stream = await OpenAsync();
        (await stream.ReadLineAsync()).ShouldBe("id: 1:1");

        var stopping = shop.StopAsync(app);
        var cut = await Should.ThrowAsync<Exception>(stream.ReadToEndAsync);
        await stopping;

        (cut is IOException or HttpRequestException).ShouldBeTrue(cut.ToString());
    }

    private async Task<StreamReader> OpenAsync(string? accept = "text/event-stream")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/chat/sessions/any/stream");
        if (accept is not null)
        {
            request.Headers.Accept.ParseAdd(accept);
        }

        var answer = await shop.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return new StreamReader(await answer.Content.ReadAsStreamAsync());
    }

    // A Chat API that says this much, and then nothing for as long as anybody listens.
    private static async Task<WebApplication> ChatAsync(string said)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var chat = builder.Build();
        chat.Run(async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync(said, context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            var gone = new TaskCompletionSource();
            await using var leave = context.RequestAborted.Register(gone.SetResult);
            await gone.Task;
        });
        await chat.StartAsync();
        return chat;
    }
}
