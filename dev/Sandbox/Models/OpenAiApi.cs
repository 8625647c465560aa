using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace LeadOrchestrator.Sandbox.Models;

/// <summary>OpenAI's Chat Completions and model list at wire level.</summary>
internal sealed class OpenAiApi(SandboxSettings settings, SandboxClock clock, VendorDesk desk, ModelDesk models)
{
    private const string Operation = "chat.completions.create";
    private static readonly string[] Known = ["gpt-6-luna", "gpt-6.1-sol", "gpt-4o"];

    public void Map(IEndpointRouteBuilder routes) => routes.MapPost("/v1/chat/completions", CreateAsync);

    public async Task ListModelsAsync(HttpContext http)
    {
        if (!MayCall(http))
        {
            await desk.AnswerAsync(http, Vendor.OpenAi, "models.list", Error(401));
            return;
        }

        await desk.ServeAsync(
            http, Vendor.OpenAi, "models.list", null,
            () => new VendorAnswer(200, new JsonObject
            {
                ["object"] = "list",
                ["data"] = new JsonArray([.. Known.Where(name => !models.IsRetired(Vendor.OpenAi, name)).Select(name => new JsonObject
                {
                    ["id"] = name,
                    ["object"] = "model",
                    ["created"] = 1761564674,
                    ["owned_by"] = "openai",
                    ["shutdown_date"] = name == "gpt-4o" ? "2027-01-14" : null,
                })]),
            }),
            Error);
    }

    private async Task CreateAsync(HttpContext http)
    {
        http.Response.Headers["x-request-id"] = "req_" + RandomNumberGenerator.GetHexString(24, lowercase: true);
        if (!MayCall(http))
        {
            await desk.AnswerAsync(http, Vendor.OpenAi, Operation, Error(401));
            return;
        }

        var body = await Json.ReadObjectAsync(http.Request);
        if (body is null)
        {
            await desk.AnswerAsync(http, Vendor.OpenAi, Operation, Error(400));
            return;
        }

        var call = Read(body);
        if (Refusal(body, call) is { } refusal)
        {
            await models.RefuseAsync(http, Operation, call, refusal);
            return;
        }

        var prompt = ScriptedModel.Count(call.System) + call.Turns.Sum(turn => ScriptedModel.Count(turn.Text + string.Concat(turn.ToolResults)))
            + ScriptedModel.Count(body["tools"]?.ToJsonString(Json.Options) ?? "");
        var maxTokens = Number(body["max_completion_tokens"]) ?? Number(body["max_tokens"]);
        if (await models.BeginAsync(http, Operation, call, new TokenUsage(prompt, 0, 0), maxTokens, Error) is not { } speech)
        {
            return;
        }

        if (call.Stream)
        {
            var wantsUsage = body["stream_options"]?["include_usage"] is JsonValue include && include.TryGetValue<bool>(out var wanted) && wanted;
            await StreamAsync(http, call, speech, prompt, wantsUsage);
        }
        else
        {
            await models.AnswerAsync(http, Operation, call, speech, Whole(call, speech, prompt), Error);
        }
    }

    private async Task StreamAsync(HttpContext http, ModelCall call, Speech speech, int prompt, bool wantsUsage)
    {
        var events = await models.OpenAsync(http, Operation, call, speech);
        var id = NewId();
        var toolId = "call_" + RandomNumberGenerator.GetHexString(24, lowercase: true);
        await Send(First(speech, toolId), null);
        if (!await models.SpeakAsync(http, events, call, speech, token => Send(Delta(speech, token), null)))
        {
            if (speech.BreaksWithError)
            {
                await events.SendAsync(Error(500).Body!);
            }

            return;
        }

        await Send([], FinishReason(speech));
        if (wantsUsage && speech.HasUsage)
        {
            var last = Chunk(call, id, []);
            last["usage"] = Usage(prompt, speech);
            await events.SendAsync(last);
        }

        await events.WriteAsync("data: [DONE]\n\n");

        Task Send(JsonObject delta, string? finish)
        {
            var chunk = Chunk(call, id, new JsonArray(new JsonObject
            {
                ["index"] = 0,
                ["delta"] = delta,
                ["logprobs"] = null,
                ["finish_reason"] = finish,
            }));
            if (wantsUsage)
            {
                chunk["usage"] = null;
            }

            return events.SendAsync(chunk);
        }
    }

    private static JsonObject First(Speech speech, string toolId) => speech.IsTool
        ? new JsonObject
        {
            ["role"] = "assistant",
            ["content"] = null,
            ["tool_calls"] = new JsonArray(new JsonObject
            {
                ["index"] = 0,
                ["id"] = toolId,
                ["type"] = "function",
                ["function"] = new JsonObject { ["name"] = speech.Answer.ToolName, ["arguments"] = "" },
            }),
            ["refusal"] = null,
        }
        : new JsonObject { ["role"] = "assistant", ["content"] = "", ["refusal"] = null };

    private static JsonObject Delta(Speech speech, string token) => speech.IsTool
        ? new JsonObject
        {
            ["tool_calls"] = new JsonArray(new JsonObject { ["index"] = 0, ["function"] = new JsonObject { ["arguments"] = token } }),
        }
        : new JsonObject { ["content"] = token };

    private JsonObject Chunk(ModelCall call, string id, JsonArray choices) => new()
    {
        ["id"] = id,
        ["object"] = "chat.completion.chunk",
        ["created"] = clock.Now.ToUnixTimeSeconds(),
        ["model"] = call.Model,
        ["service_tier"] = "default",
        ["system_fingerprint"] = null,
        ["choices"] = choices,
        ["obfuscation"] = "a",
    };

    private VendorAnswer Whole(ModelCall call, Speech speech, int prompt)
    {
        var message = new JsonObject { ["role"] = "assistant", ["content"] = speech.IsTool ? null : speech.Text, ["refusal"] = null };
        if (speech.IsTool)
        {
            message["tool_calls"] = new JsonArray(new JsonObject
            {
                ["id"] = "call_" + RandomNumberGenerator.GetHexString(24, lowercase: true),
                ["type"] = "function",
                ["function"] = new JsonObject
                {
                    ["name"] = speech.Answer.ToolName,
                    ["arguments"] = (speech.Answer.ToolInput ?? []).ToJsonString(Json.Options),
                },
            });
        }

        var answer = new JsonObject
        {
            ["id"] = NewId(),
            ["object"] = "chat.completion",
            ["created"] = clock.Now.ToUnixTimeSeconds(),
            ["model"] = call.Model,
            ["choices"] = new JsonArray(new JsonObject
            {
                ["index"] = 0,
                ["message"] = message,
                ["logprobs"] = null,
                ["finish_reason"] = FinishReason(speech),
            }),
            ["service_tier"] = "default",
            ["system_fingerprint"] = null,
        };
        if (speech.HasUsage)
        {
            answer["usage"] = Usage(prompt, speech);
        }

        return new VendorAnswer(200, answer);
    }

    private static JsonObject Usage(int prompt, Speech speech) => new()
    {
        ["prompt_tokens"] = prompt,
        ["completion_tokens"] = speech.Tokens.Count,
        ["total_tokens"] = prompt + speech.Tokens.Count,
        ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = 0, ["audio_tokens"] = 0 },
        ["completion_tokens_details"] = new JsonObject
        {
            ["reasoning_tokens"] = 0,
            ["audio_tokens"] = 0,
            ["accepted_prediction_tokens"] = 0,
            ["rejected_prediction_tokens"] = 0,
        },
    };

    private static string FinishReason(Speech speech) => speech.Finish == "tool" ? "tool_calls" : speech.Finish;

    private ModelCall Read(JsonObject body)
    {
        var messages = (body["messages"] as JsonArray ?? []).OfType<JsonObject>().ToList();
        return new ModelCall(
            clock.Now, Vendor.OpenAi, body["model"].Text() ?? "", body["stream"] is JsonValue stream && stream.TryGetValue<bool>(out var on) && on,
            string.Join("\n", messages.Where(message => message["role"].Text() is "system" or "developer").Select(TextOf)),
            [.. messages.Where(message => message["role"].Text() is "user" or "assistant" or "tool").Select(message =>
                message["role"].Text() == "tool"
                    ? new ModelTurn("user", "", [TextOf(message)])
                    : new ModelTurn(message["role"].Text()!, TextOf(message), []))],
            [.. (body["tools"] as JsonArray ?? []).OfType<JsonObject>().Select(tool => new ModelTool(
                tool["function"]?["name"].Text() ?? "", tool["function"]?["parameters"]?.DeepClone()))],
            body);
    }

    private static string TextOf(JsonObject message) => message["content"] switch
    {
        JsonArray parts => string.Join("\n", parts.Select(part => part?["text"].Text()).OfType<string>()),
        var text => text.Text() ?? "",
    };

    private VendorAnswer? Refusal(JsonObject body, ModelCall call)
    {
        if (!Known.Contains(call.Model) || models.TakeRetired(Vendor.OpenAi, call.Model))
        {
            return Error(404, $"The model `{call.Model}` does not exist or you do not have access to it.", "invalid_request_error", "model_not_found");
        }

        if (call.Turns.Count == 0)
        {
            return Error(400, "[] is too short - 'messages'", "invalid_request_error", null);
        }

        return call.Model.StartsWith("gpt-6", StringComparison.Ordinal) && body.ContainsKey("max_tokens")
            ? Error(400, "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.", "invalid_request_error", "unsupported_parameter")
            : null;
    }

    private bool MayCall(HttpContext http) => http.Request.Headers.Authorization == $"Bearer {settings.OpenAiApiKey}";

    private static int? Number(JsonNode? node) =>
        int.TryParse(node?.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string NewId() => "chatcmpl-" + RandomNumberGenerator.GetHexString(29);

    private static VendorAnswer Error(int status) => status switch
    {
        401 => Error(401, "Incorrect API key provided", "invalid_request_error", "invalid_api_key"),
        404 => Error(404, "The model does not exist or you do not have access to it.", "invalid_request_error", "model_not_found"),
        429 => Error(429, "Rate limit reached", "requests", "rate_limit_exceeded"),
        503 or 529 => Error(503, "overloaded", "service_unavailable_error", "server_is_overloaded"),
        >= 500 => Error(status, "The server had an error while processing your request", "server_error", null),
        _ => Error(status, "Invalid request", "invalid_request_error", null),
    };

    private static VendorAnswer Error(int status, string message, string type, string? code) => new(status, new JsonObject
    {
        ["error"] = new JsonObject { ["message"] = message, ["type"] = type, ["param"] = null, ["code"] = code },
    });
}
