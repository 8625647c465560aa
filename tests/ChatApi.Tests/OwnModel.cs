using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using LeadOrchestrator.ChatApi.Conversations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.ChatApi.Tests;

/// <summary>A vendor whose bytes are the test's own: for what the Sandbox, which behaves, does not say.</summary>
internal sealed class OwnModel : IAsyncDisposable
{
    private readonly WebApplication _app;

    private OwnModel(WebApplication app) => _app = app;

    /// <summary>Where it listens.</summary>
    public string Url => _app.Urls.First();

    /// <summary>The bodies of what it was asked, in order.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Speaks as the test does: gets the line, and which request this is (1, 2, 3 …).</summary>
    public static async Task<OwnModel> StartAsync(Func<HttpContext, int, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var model = new OwnModel(app);
        app.Run(async http =>
        {
            using var body = new StreamReader(http.Request.Body);
            model.Requests.Enqueue(await body.ReadToEndAsync());
            try
            {
                await answer(http, model.Requests.Count);
            }
            catch (OperationCanceledException)
            {
                // It was heard no longer.
            }
        });
        await app.StartAsync();
        return model;
    }

    /// <summary>A Chat API that asks this one as OpenAI, and nobody else.</summary>
    public Task<ChatServer> AsOpenAiAsync(Scene scene, AnswerLimits? limits = null, string? model = null) => scene.StartAsync(
        limits ?? new AnswerLimits(), ("AI_PROVIDER", null), ("OPENAI_BASE_URL", $"{Url}/v1"), ("OPENAI_MODEL", model), ("ANTHROPIC_API_KEY", null));

    /// <summary>A Chat API that asks this one as Anthropic, and nobody else.</summary>
    public Task<ChatServer> AsAnthropicAsync(Scene scene, AnswerLimits? limits = null) => scene.StartAsync(
        limits ?? new AnswerLimits(), ("ANTHROPIC_BASE_URL", Url), ("OPENAI_API_KEY", null));

    /// <summary>A piece of OpenAI's stream.</summary>
    public static Task ChunkAsync(HttpContext http, object delta, string? finish = null, object? usage = null) => DataAsync(http, null, new
    {
        id = "chatcmpl-1", @object = "chat.completion.chunk", created = 1, model = "gpt-6-luna", choices = new[] { new { index = 0, delta, finish_reason = finish } }, usage,
    });

    /// <summary>OpenAI's usage.</summary>
    public static object Usage(int input, int output) => new { prompt_tokens = input, completion_tokens = output, total_tokens = input + output };

    /// <summary>An event of a stream; OpenAI's have no name.</summary>
    public static async Task DataAsync(HttpContext http, string? name, object data)
    {
        await RawAsync(http, $"{(name is null ? "" : $"event: {name}\n")}data: {JsonSerializer.Serialize(data)}\n\n");
    }

    /// <summary>The beginning of Anthropic's stream, up to where its text begins.</summary>
    public static async Task BeginMessageAsync(HttpContext http, int input, string kind = "text")
    {
        await DataAsync(http, "message_start", new
        {
            type = "message_start",
            message = new { id = "msg_1", type = "message", role = "assistant", model = "claude-sonnet-5-5", content = Array.Empty<object>(), stop_reason = (string?)null, stop_sequence = (string?)null, usage = new { input_tokens = input, output_tokens = 1 } },
        });
        object block = kind == "text" ? new { type = "text", text = "" } : new { type = "thinking", thinking = "", signature = "" };
        await DataAsync(http, "content_block_start", new { type = "content_block_start", index = 0, content_block = block });
    }

    /// <summary>A piece of Anthropic's text.</summary>
    public static Task TextAsync(HttpContext http, string text) =>
        DataAsync(http, "content_block_delta", new { type = "content_block_delta", index = 0, delta = new { type = "text_delta", text } });

    /// <summary>A piece of Anthropic's thoughts.</summary>
    public static Task ThoughtAsync(HttpContext http, string thinking) =>
        DataAsync(http, "content_block_delta", new { type = "content_block_delta", index = 0, delta = new { type = "thinking_delta", thinking } });

    /// <summary>A tool that Anthropic's model asks for.</summary>
    /// <param name="input">As it comes: broken, if the test wants it so.</param>
    public static async Task ToolAsync(HttpContext http, string name, string input)
    {
        await DataAsync(http, "content_block_start", new { type = "content_block_start", index = 1, content_block = new { type = "tool_use", id = "toolu_1", name, input = new { } } });
        await DataAsync(http, "content_block_delta", new { type = "content_block_delta", index = 1, delta = new { type = "input_json_delta", partial_json = input } });
        await DataAsync(http, "content_block_stop", new { type = "content_block_stop", index = 1 });
    }

    /// <summary>A tool that OpenAI's model asks for, or a server that speaks as it does.</summary>
    /// <inheritdoc cref="ToolAsync"/>
    public static Task CallAsync(HttpContext http, string name, string input, string id = "call_1", int index = 0) =>
        ChunkAsync(http, new { tool_calls = new[] { new { index, id, type = "function", function = new { name, arguments = input } } } });

    /// <summary>The end of Anthropic's answer, but for its last event.</summary>
    public static async Task EndMessageAsync(HttpContext http, int output, string stop = "end_turn")
    {
        await DataAsync(http, "content_block_stop", new { type = "content_block_stop", index = 0 });
        await DataAsync(http, "message_delta", new { type = "message_delta", delta = new { stop_reason = stop, stop_sequence = (string?)null }, usage = new { output_tokens = output } });
    }

    /// <summary>Silence, until nobody listens.</summary>
    public static async Task SilenceAsync(HttpContext http)
    {
        var gone = new TaskCompletionSource();
        await using var leave = http.RequestAborted.Register(gone.SetResult);
        await gone.Task;
    }

    public static async Task RawAsync(HttpContext http, string text)
    {
        if (!http.Response.HasStarted)
        {
            http.Response.ContentType = "text/event-stream";
        }

        await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
