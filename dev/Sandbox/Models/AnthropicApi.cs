using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LeadOrchestrator.Sandbox.Models;

/// <summary>Anthropic's Messages API at wire level, both versions.</summary>
internal sealed class AnthropicApi(SandboxSettings settings, SandboxClock clock, VendorDesk desk, ModelDesk models)
{
    private const string Operation = "messages.create";
    private const string Newest = "2026-10-21";
    private const string Older = "2023-06-01";
    private const int LeastCached = 1024;
    private static readonly TimeSpan CacheLives = TimeSpan.FromMinutes(5);

    public static readonly string[] Known =
    [
        "claude-sonnet-5-5", "claude-sonnet-5", "claude-sonnet-4-5", "claude-sonnet-4-5-20250929",
        "claude-sonnet-4-6", "claude-haiku-4-5", "claude-haiku-5-5", "claude-opus-5-5",
    ];

    private readonly Lock _lock = new();
    private readonly Dictionary<string, DateTimeOffset> _cached = [];

    public void Map(IEndpointRouteBuilder routes) => routes.MapPost("/v1/messages", CreateAsync);

    public async Task ListModelsAsync(HttpContext http)
    {
        var requestId = Tag(http);
        if (!MayCall(http))
        {
            await desk.AnswerAsync(http, Vendor.Anthropic, "models.list", Error(requestId, 401, null));
            return;
        }

        await desk.ServeAsync(
            http, Vendor.Anthropic, "models.list", null,
            () => new VendorAnswer(200, new JsonObject
            {
                ["data"] = new JsonArray([.. Known.Where(name => !models.IsRetired(Vendor.Anthropic, name)).Select(name => new JsonObject
                {
                    ["type"] = "model",
                    ["id"] = name,
                    ["display_name"] = name,
                    ["created_at"] = "2026-01-01T00:00:00Z",
                })]),
                ["has_more"] = false,
                ["first_id"] = Known[0],
                ["last_id"] = Known[^1],
            }),
            status => Error(requestId, status, null));
    }

    private async Task CreateAsync(HttpContext http)
    {
        var requestId = Tag(http);
        if (!MayCall(http))
        {
            await desk.AnswerAsync(http, Vendor.Anthropic, Operation, Error(requestId, 401, null));
            return;
        }

        var body = await Json.ReadObjectAsync(http.Request);
        if (body is null)
        {
            await desk.AnswerAsync(http, Vendor.Anthropic, Operation, Error(requestId, 400, "The request body is not valid JSON."));
            return;
        }

        var call = Read(body);
        var version = http.Request.Headers["anthropic-version"].ToString();
        if (Refusal(version, body, call) is var (status, message))
        {
            await models.RefuseAsync(http, Operation, call, Error(requestId, status, message));
            return;
        }

        var usage = Usage(body);
        var maxTokens = body["max_tokens"]!.GetValue<int>();
        if (await models.BeginAsync(http, Operation, call, usage, maxTokens, code => Error(requestId, code, null)) is not { } speech)
        {
            return;
        }

        if (call.Stream)
        {
            await StreamAsync(http, call, speech, usage);
        }
        else
        {
            await models.AnswerAsync(http, Operation, call, speech, Whole(call, speech, usage), code => Error(requestId, code, null));
        }
    }

    private async Task StreamAsync(HttpContext http, ModelCall call, Speech speech, TokenUsage usage)
    {
        var events = await models.OpenAsync(http, Operation, call, speech);
        var message = Message(call);
        message["usage"] = speech.HasUsage ? usage.ToJson(1) : NoUsage();
        await events.SendAsync("message_start", new JsonObject { ["type"] = "message_start", ["message"] = message });
        await events.SendAsync("content_block_start", new JsonObject
        {
            ["type"] = "content_block_start",
            ["index"] = 0,
            ["content_block"] = speech.IsTool ? ToolUse(speech, []) : new JsonObject { ["type"] = "text", ["text"] = "" },
        });
        await events.SendAsync("ping", new JsonObject { ["type"] = "ping" });
        if (!await models.SpeakAsync(http, events, call, speech, token => events.SendAsync("content_block_delta", Delta(speech, token))))
        {
            if (speech.BreaksWithError)
            {
                await events.SendAsync("error", new JsonObject
                {
                    ["type"] = "error",
                    ["error"] = new JsonObject { ["type"] = "overloaded_error", ["message"] = "Overloaded" },
                });
            }

            return;
        }

        await events.SendAsync("content_block_stop", new JsonObject { ["type"] = "content_block_stop", ["index"] = 0 });
        await events.SendAsync("message_delta", new JsonObject
        {
            ["type"] = "message_delta",
            ["delta"] = new JsonObject { ["stop_reason"] = StopReason(speech), ["stop_sequence"] = null },
            ["usage"] = speech.HasUsage ? usage.ToJson(speech.Tokens.Count) : NoUsage(),
        });
        await events.SendAsync("message_stop", new JsonObject { ["type"] = "message_stop" });
    }

    private static JsonObject Delta(Speech speech, string token) => new()
    {
        ["type"] = "content_block_delta",
        ["index"] = 0,
        ["delta"] = speech.IsTool
            ? new JsonObject { ["type"] = "input_json_delta", ["partial_json"] = token }
            : new JsonObject { ["type"] = "text_delta", ["text"] = token },
    };

    private static VendorAnswer Whole(ModelCall call, Speech speech, TokenUsage usage)
    {
        var message = Message(call);
        message["content"] = new JsonArray(speech.IsTool
            ? ToolUse(speech, (JsonObject)(speech.Answer.ToolInput ?? []).DeepClone())
            : new JsonObject { ["type"] = "text", ["text"] = speech.Text });
        message["stop_reason"] = StopReason(speech);
        message["usage"] = speech.HasUsage ? usage.ToJson(speech.Tokens.Count) : NoUsage();
        return new VendorAnswer(200, message);
    }

    private static JsonObject Message(ModelCall call) => new()
    {
        ["id"] = "msg_" + RandomNumberGenerator.GetHexString(24, lowercase: true),
        ["type"] = "message",
        ["role"] = "assistant",
        ["model"] = call.Model,
        ["content"] = new JsonArray(),
        ["stop_reason"] = null,
        ["stop_sequence"] = null,
    };

    private static JsonObject ToolUse(Speech speech, JsonObject input) => new()
    {
        ["type"] = "tool_use",
        ["id"] = "toolu_" + RandomNumberGenerator.GetHexString(24, lowercase: true),
        ["name"] = speech.Answer.ToolName,
        ["input"] = input,
    };

    // The vendor's schema demands the field and its own package throws without it: no usage is a usage of nothing.
    private static JsonObject NoUsage() => new() { ["input_tokens"] = 0, ["output_tokens"] = 0 };

    private static string StopReason(Speech speech) => speech.Finish switch
    {
        "tool" => "tool_use",
        "length" => "max_tokens",
        _ => "end_turn",
    };

    private ModelCall Read(JsonObject body) => new(
        clock.Now, Vendor.Anthropic, body["model"].Text() ?? "", body["stream"] is JsonValue stream && stream.TryGetValue<bool>(out var on) && on,
        TextOf(body["system"]),
        [.. (body["messages"] as JsonArray ?? []).OfType<JsonObject>().Select(message => new ModelTurn(
            message["role"].Text() ?? "", TextOf(message["content"]), Results(message["content"])))],
        [.. (body["tools"] as JsonArray ?? []).OfType<JsonObject>().Select(tool => new ModelTool(tool["name"].Text() ?? "", tool["input_schema"]?.DeepClone()))],
        body);

    private static string TextOf(JsonNode? content) => content switch
    {
        JsonArray blocks => string.Join("\n", blocks.OfType<JsonObject>().Where(block => block["type"].Text() == "text").Select(block => block["text"].Text())),
        _ => content.Text() ?? "",
    };

    private static IReadOnlyList<string> Results(JsonNode? content) =>
        [.. (content as JsonArray ?? []).OfType<JsonObject>().Where(block => block["type"].Text() == "tool_result").Select(block => TextOf(block["content"]))];

    private (int Status, string Message)? Refusal(string version, JsonObject body, ModelCall call)
    {
        if (version is not (Newest or Older))
        {
            return (400, version.Length == 0 ? "anthropic-version: header is required" : $"anthropic-version: \"{version}\" is not a valid version");
        }

        if (call.Model.Length == 0 || body["max_tokens"] is not JsonValue max || !max.TryGetValue<int>(out var tokens) || tokens < 1)
        {
            return (400, call.Model.Length == 0 ? "model: Field required" : "max_tokens: Field required");
        }

        if (call.Turns.Count == 0)
        {
            return (400, "messages: at least one message is required");
        }

        if (!Known.Contains(call.Model) || models.TakeRetired(Vendor.Anthropic, call.Model))
        {
            return (404, "model: " + call.Model);
        }

        if (((string[])["temperature", "top_p", "top_k"]).FirstOrDefault(body.ContainsKey) is { } extra
            && (version == Newest || call.Model is "claude-sonnet-5-5"))
        {
            return (400, extra + ": Extra inputs are not permitted");
        }

        return call.Model == "claude-sonnet-5-5" ? Sonnet55Refusal(body, call) : null;
    }

    private static (int Status, string Message)? Sonnet55Refusal(JsonObject body, ModelCall call)
    {
        if (body["thinking"]?["type"].Text() is "enabled" or "disabled")
        {
            return (400, "thinking: only adaptive thinking is supported by this model");
        }

        if (body["tool_choice"]?["type"].Text() is "any" or "tool")
        {
            return (400, "tool_choice: forced tool use is not supported by this model");
        }

        return call.Turns[^1].Role == "assistant" ? (400, "messages: prefilling the assistant's answer is not supported by this model") : null;
    }

    // The tools and the system's blocks up to its last mark are written to the cache by the first call, read by the next ones within five minutes, and shorter ones are not kept.
    private TokenUsage Usage(JsonObject body)
    {
        var tools = body["tools"]?.ToJsonString(Json.Options) ?? "";
        var total = ScriptedModel.Count(TextOf(body["system"])) + ScriptedModel.Count(tools)
            + (body["messages"] as JsonArray ?? []).Sum(message => ScriptedModel.Count(
                TextOf(message?["content"]) + string.Concat(Results(message?["content"]))));
        var blocks = (body["system"] as JsonArray ?? []).OfType<JsonObject>().ToList();
        var marked = blocks.Take(blocks.FindLastIndex(block => block["cache_control"] is JsonObject) + 1).Select(block => block["text"].Text()).ToList();
        var prefix = marked.Count == 0 ? 0 : ScriptedModel.Count(tools) + ScriptedModel.Count(string.Join('\n', marked));
        if (prefix < LeastCached)
        {
            return new TokenUsage(total, 0, 0);
        }

        var key = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{body["model"]}\n{tools}\n{string.Join('\n', marked)}")));
        var now = clock.Now;
        lock (_lock)
        {
            var isCached = _cached.TryGetValue(key, out var last) && now - last < CacheLives;
            _cached[key] = now;
            return isCached ? new TokenUsage(total - prefix, 0, prefix) : new TokenUsage(total - prefix, prefix, 0);
        }
    }

    private bool MayCall(HttpContext http) =>
        http.Request.Headers.Authorization == $"Bearer {settings.AnthropicApiKey}"
        || http.Request.Headers["x-api-key"] == settings.AnthropicApiKey;

    private string Tag(HttpContext http)
    {
        var id = "req_" + RandomNumberGenerator.GetHexString(24, lowercase: true);
        var reset = JsonSerializer.Serialize(clock.Now.AddMinutes(1).UtcDateTime).Trim('"');
        http.Response.Headers["request-id"] = id;
        foreach (var (name, limit) in (ReadOnlySpan<(string, string)>)[("requests", "1000"), ("tokens", "96000"), ("input-tokens", "80000"), ("output-tokens", "16000")])
        {
            http.Response.Headers[$"anthropic-ratelimit-{name}-limit"] = limit;
            http.Response.Headers[$"anthropic-ratelimit-{name}-remaining"] = limit;
            http.Response.Headers[$"anthropic-ratelimit-{name}-reset"] = reset;
        }

        return id;
    }

    private static VendorAnswer Error(string requestId, int status, string? message)
    {
        var (type, usual) = status switch
        {
            400 => ("invalid_request_error", "Bad request"),
            401 => ("authentication_error", "invalid x-api-key"),
            402 => ("billing_error", "Your credit balance is too low"),
            403 => ("permission_error", "Forbidden"),
            404 => ("not_found_error", "Not found"),
            413 => ("request_too_large", "Request too large"),
            429 => ("rate_limit_error", "Number of requests has exceeded your rate limit"),
            504 => ("timeout_error", "Request timed out"),
            529 => ("overloaded_error", "Overloaded"),
            _ => ("api_error", "Internal server error"),
        };
        return new VendorAnswer(status, new JsonObject
        {
            ["type"] = "error",
            ["error"] = new JsonObject { ["type"] = type, ["message"] = message ?? usual },
            ["request_id"] = requestId,
        });
    }
}

/// <summary>Tokens of one prompt; the parts do not overlap.</summary>
internal sealed record TokenUsage(int Input, int CacheWrite, int CacheRead)
{
    public int Total => Input + CacheWrite + CacheRead;

    public JsonObject ToJson(int output) => new()
    {
        ["input_tokens"] = Input,
        ["cache_creation_input_tokens"] = CacheWrite,
        ["cache_read_input_tokens"] = CacheRead,
        ["cache_creation"] = new JsonObject { ["ephemeral_5m_input_tokens"] = CacheWrite, ["ephemeral_1h_input_tokens"] = 0 },
        ["output_tokens"] = output,
        ["service_tier"] = "standard",
    };
}
