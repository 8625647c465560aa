using System.ClientModel;
using Anthropic.Exceptions;
using LeadOrchestrator.ChatApi.Ai;
using LeadOrchestrator.ChatApi.Costs;
using LeadOrchestrator.ChatApi.Guard;
using LeadOrchestrator.Shared.Messages;
using Microsoft.Extensions.AI;
using AiMessage = Microsoft.Extensions.AI.ChatMessage;

namespace LeadOrchestrator.ChatApi.Conversations;

/// <summary>How one call of a model ended.</summary>
/// <param name="Outcome">stop, length or content_filter: said to its end; tool_calls: it asks for tools. Else: guarded, cut, error, timeout, cancelled, empty, unreachable, or status_NNN.</param>
/// <param name="IsComplete">Was an answer said, and did the vendor say that it was at the end?</param>
/// <param name="Settlement">What to book.</param>
internal sealed record CallEnd(string Outcome, bool IsComplete, Settlement Settlement)
{
    /// <summary>What it said although it may not.</summary>
    public Violation? Violation { get; init; }

    /// <summary>Its turn, when it asks for tools: only known once it has finished.</summary>
    public AiMessage? AsksForTools { get; init; }

    /// <summary>Was it turned away at the door by something that may be over in a moment?</summary>
    public bool MayPass { get; init; }
}

/// <summary>One call of one model: every piece of text goes on at once, and the end is named whatever it was.</summary>
internal sealed class ModelCall(Assistant assistant, Reservation reservation, AnswerLimits limits)
{
    private readonly UsageDetails _usage = new();
    private readonly StreamCount _count = new();
    private readonly List<ChatResponseUpdate> _updates = [];
    private Violation? _violation;
    private bool _isUsageKnown;
    private bool _hasSpoken;
    private string? _finish;

    /// <summary>Speaks to the model until it is done, fails, falls silent, or <paramref name="cancel"/> says so.</summary>
    /// <param name="speech">Gets the text, and says what may not be said. Then nothing more is heard; the vendor may still say what it used, if it does so soon.</param>
    public async Task<CallEnd> RunAsync(IReadOnlyList<AiMessage> prompt, ChatOptions options, GuardedSpeech speech, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(limits.FirstToken);
        try
        {
            await foreach (var update in assistant.Client.GetStreamingResponseAsync(Assistants.Shaped(assistant.Model, prompt), options, patience.Token))
            {
                var wasStopped = _violation is not null;
                if (Take(update, speech) && !wasStopped)
                {
                    patience.CancelAfter(_violation is null ? limits.Gap : limits.AfterStop);
                }
            }
        }
        catch (Exception exception)
        {
            return Failed(exception, cancel);
        }

        return Ended(speech);
    }

    // True when the model gave a sign of thought: a word, or a thought that is not shown.
    private bool Take(ChatResponseUpdate update, GuardedSpeech speech)
    {
        _updates.Add(update);
        foreach (var content in update.Contents)
        {
            switch (content)
            {
                case TextContent { Text.Length: > 0 } text:
                    _hasSpoken = true;
                    _violation ??= speech.Say(PlainText.Clean(text.Text));
                    break;
                case UsageContent usage:
                    _usage.Add(usage.Details);
                    _isUsageKnown = true;
                    break;
            }
        }

        _finish ??= update.FinishReason?.Value;
        return _count.Take(update);
    }

    // Both SDKs end a cut stream without an exception, a tool's call in it included: only a finish reason makes an answer whole.
    private CallEnd Ended(GuardedSpeech speech)
    {
        if (_finish is null)
        {
            return _violation is null ? Early("cut") : Early("guarded") with { Violation = _violation };
        }

        if ((_violation ?? speech.Finish()) is { } violation)
        {
            return Whole("guarded") with { IsComplete = false, Violation = violation };
        }

        if (_finish != ChatFinishReason.Length.Value && _updates.Any(update => update.Contents.OfType<FunctionCallContent>().Any()))
        {
            return Whole("tool_calls") with { IsComplete = false, AsksForTools = _updates.ToChatResponse().Messages[^1] };
        }

        return _hasSpoken ? Whole(_finish) : Whole(_finish == ChatFinishReason.ContentFilter.Value ? "content_filter" : "empty");
    }

    // A usage of nothing is none: no prompt is empty, and an answer was said.
    private CallEnd Whole(string outcome)
    {
        if (!_isUsageKnown || Known is not { Input: > 0, Output: > 0 } tokens)
        {
            return new CallEnd(outcome, _hasSpoken, reservation.Estimated(Counted(), outcome));
        }

        assistant.Prompts.Learn(reservation.MostInput, tokens.Input);
        assistant.Answers.Learn(_count.Bytes, tokens.Output);
        return new CallEnd(outcome, _hasSpoken, reservation.Settled(tokens, outcome));
    }

    private CallEnd Failed(Exception exception, CancellationToken cancel)
    {
        if (cancel.IsCancellationRequested)
        {
            return Early("cancelled");
        }

        if (_violation is not null)
        {
            return Early("guarded") with { Violation = _violation };
        }

        return exception switch
        {
            // An error in the middle of a stream that began with 200.
            AnthropicSseException => Early("error"),
            AnthropicApiException refused => Refused((int)refused.StatusCode),
            ClientResultException { Status: > 0 } refused => Refused(refused.Status),
            OperationCanceledException => Early("timeout"),
            _ when Unreached(exception) => new CallEnd("unreachable", false, Reservation.NotBilled("unreachable")) { MayPass = true },
            _ => Early("error") with { MayPass = _updates.Count == 0 },
        };
    }

    private CallEnd Early(string outcome) => new(outcome, false, reservation.Estimated(Counted(), outcome));

    private static CallEnd Refused(int status) =>
        new($"status_{status}", false, Reservation.NotBilled($"status_{status}")) { MayPass = status is 408 or 409 or 429 or >= 500 };

    // The request never left: no name, no connection, no TLS.
    private static bool Unreached(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is HttpRequestException
                {
                    HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError,
                })
            {
                return true;
            }
        }

        return false;
    }

    private Tokens Known => new(
        _usage.InputTokenCount ?? 0, _usage.OutputTokenCount ?? 0, _usage.CachedInputTokenCount ?? 0,
        _usage.AdditionalCounts?.GetValueOrDefault("CacheCreationInputTokens") ?? 0);

    // What the vendor has told so far; the rest by our count. A piece is a token at least, and no answer is longer than it may be.
    private Tokens Counted()
    {
        var told = _isUsageKnown ? Known : _count.Begun ?? Tokens.None;
        var prompt = told.Input > 0 ? told : new Tokens(assistant.Prompts.Tokens(reservation.MostInput), 0, 0, 0);
        var said = Math.Max(_count.Pieces, assistant.Answers.Tokens(_count.Bytes));
        return prompt with { Output = Math.Min(Math.Max(told.Output, said), Math.Max(told.Output, assistant.Model.MostOutput)) };
    }
}
