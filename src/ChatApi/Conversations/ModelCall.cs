using System.ClientModel;
using System.Diagnostics;
using Anthropic.Exceptions;
using LeadOrchestrator.ChatApi.Ai;
using LeadOrchestrator.ChatApi.Costs;
using LeadOrchestrator.ChatApi.Guard;
using LeadOrchestrator.Shared.Messages;
using Microsoft.Extensions.AI;
using AiMessage = Microsoft.Extensions.AI.ChatMessage;

namespace LeadOrchestrator.ChatApi.Conversations;

/// <summary>How one call of a model ended.</summary>
/// <param name="Outcome">stop or length: said to its end; tool_calls: it asks for tools. Else: content_filter, unfinished, guarded, cut, error, timeout, cancelled, empty, unreachable, or status_NNN.</param>
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

    /// <summary>After how long the vendor wants to be asked again; null = it did not say.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

/// <summary>One call of one model: every piece of text goes on at once, and the end is named whatever it was.</summary>
internal sealed class ModelCall(Assistant assistant, Reservation reservation, AnswerLimits limits)
{
    // Not each piece is a token: thoughts have marks around them. And no token is longer than that.
    private const int PiecesBeside = 64;
    private const long MostBytesOfToken = 64;

    // How vendors say that an account has no money left. They say it with the status of "too many requests", which are over in a moment; this is not.
    private static readonly string[] NoCredit = ["insufficient_quota", "credit_balance", "credit balance", "billing_error", "spend limit"];

    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly StreamCount _count = new();
    private readonly List<ChatResponseUpdate> _updates = [];
    private UsageDetails? _usage;
    private Violation? _violation;
    private bool _hasSpoken;
    private string? _finish;

    /// <summary>Speaks to the model until it is done, fails, falls silent, or <paramref name="cancel"/> says so.</summary>
    /// <param name="speech">Gets the text, and says what may not be said. Then nothing more is heard; the vendor may still say what it used, if it does so soon.</param>
    public async Task<CallEnd> RunAsync(IReadOnlyList<AiMessage> prompt, ChatOptions options, GuardedSpeech speech, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(limits.FirstToken);
        var asked = RetryAfter.Listen();
        try
        {
            await foreach (var update in assistant.Client.GetStreamingResponseAsync(Assistants.Shaped(assistant.Model, prompt), options, patience.Token))
            {
                var (wasStopped, wasAtEnd) = (_violation is not null, _finish is not null);
                var isAlive = Take(update, speech);
                if (!wasStopped && (isAlive || (_finish is not null && !wasAtEnd)))
                {
                    patience.CancelAfter(Patience());
                }

                if (IsTooLong)
                {
                    _finish = ChatFinishReason.Length.Value;
                    break;
                }
            }
        }
        catch (Exception exception)
        {
            return Failed(exception, speech, patience.IsCancellationRequested, cancel) with { RetryAfter = asked.Time };
        }

        return Ended(speech);
    }

    // Who was stopped, or has said that it is at its end, has only its bill to tell. Who thinks drop by drop and says nothing keeps a customer waiting as silence does.
    private TimeSpan Patience()
    {
        if (_violation is not null || _finish is not null)
        {
            return limits.AfterStop;
        }

        var untilWord = limits.FirstWord - Stopwatch.GetElapsedTime(_began);
        return _hasSpoken || untilWord > limits.Gap ? limits.Gap : untilWord > TimeSpan.Zero ? untilWord : TimeSpan.Zero;
    }

    // Not every server keeps to the limit that it is given.
    private bool IsTooLong => _count.LeastTokens > assistant.Model.MostOutput + PiecesBeside || _count.Bytes > MostBytes;

    private long MostBytes => assistant.Model.MostOutput * MostBytesOfToken;

    // True when the model gave a sign of thought: a word, or a thought that is not shown.
    private bool Take(ChatResponseUpdate update, GuardedSpeech speech)
    {
        _updates.Add(update);
        foreach (var content in update.Contents)
        {
            switch (content)
            {
                case TextContent { Text.Length: > 0 } text:
                    var said = PlainText.Clean(PlainText.Cut(text.Text, (int)MostBytes));
                    _hasSpoken |= !string.IsNullOrWhiteSpace(said);
                    _violation ??= speech.Say(said);
                    break;
                case UsageContent usage:
                    _usage = usage.Details; // the last word counts: servers that tell it with each piece tell all of it so far
                    break;
            }
        }

        _finish ??= update.FinishReason?.Value;
        var isAlive = _count.Take(update);
        // Of Anthropic's stream, which says at its beginning what it has begun with, the adapter makes a usage whatever its end is.
        if (_count.Begun is null && update.Contents.OfType<UsageContent>().Any(usage => usage.Details.OutputTokenCount > 0))
        {
            _count.Told();
        }

        return isAlive;
    }

    // Both SDKs end a cut stream without an exception, a tool's call in it included: only a finish reason makes an answer whole.
    private CallEnd Ended(GuardedSpeech speech)
    {
        if (_finish is null)
        {
            return _violation is null ? Early("cut") with { MayPass = _updates.Count == 0 } : Early("guarded") with { Violation = _violation };
        }

        // Told beside the words, by a vendor that then says stop as ever.
        _finish = _count.IsRefused ? ChatFinishReason.ContentFilter.Value : _finish;

        if ((_violation ?? speech.Finish()) is { } violation)
        {
            return Whole("guarded") with { IsComplete = false, Violation = violation };
        }

        // Servers that speak as OpenAI does say stop behind a call, too. What a vendor has withdrawn, cut or put off is not acted on.
        if (HasCall && (_finish == ChatFinishReason.ToolCalls.Value || _finish == ChatFinishReason.Stop.Value))
        {
            return Whole("tool_calls") with { IsComplete = false, AsksForTools = Asked() };
        }

        // Who refuses in mid-sentence has not said it to its end.
        if (_finish == ChatFinishReason.ContentFilter.Value)
        {
            return Whole("content_filter") with { IsComplete = false };
        }

        return !_hasSpoken ? Whole("empty") : IsAtEnd ? Whole(_finish) : Whole("unfinished") with { IsComplete = false };
    }

    // Words that were cut for their length are an answer. Those before a tool, or before whatever else a vendor has stopped for, were the way to one.
    private bool IsAtEnd => _finish == ChatFinishReason.Stop.Value || (_finish == ChatFinishReason.Length.Value && !HasCall && !_count.HasInput);

    // Some servers send no input at all where a tool needs none: OpenAI's package takes that for broken.
    private AiMessage Asked()
    {
        var asked = _updates.ToChatResponse().Messages[^1];
        foreach (var call in asked.Contents.OfType<FunctionCallContent>().Where(_ => !_count.HasInput))
        {
            call.Exception = null;
        }

        return asked;
    }

    private bool HasCall => _updates.Any(update => update.Contents.OfType<FunctionCallContent>().Any());

    // A usage of nothing is none: no prompt is empty, and an answer was said.
    private CallEnd Whole(string outcome)
    {
        if (Told is not { Input: > 0, Output: > 0 } tokens)
        {
            return new CallEnd(outcome, _hasSpoken, reservation.Estimated(Counted(), outcome));
        }

        assistant.Prompts.Learn(reservation.MostInput, tokens.Input);
        assistant.Answers.Learn(_count.Bytes, tokens.Output);
        return new CallEnd(outcome, _hasSpoken, reservation.Settled(tokens, outcome));
    }

    private CallEnd Failed(Exception exception, GuardedSpeech speech, bool isOutOfPatience, CancellationToken cancel)
    {
        if (cancel.IsCancellationRequested)
        {
            return Early("cancelled");
        }

        // The vendor has said that all is said: what breaks behind it takes nothing away. Of a tool's call the input may be missing.
        if (_finish is not null && (_finish != ChatFinishReason.ToolCalls.Value || HasCall))
        {
            return Ended(speech);
        }

        if (_violation is not null)
        {
            return Early("guarded") with { Violation = _violation };
        }

        return exception switch
        {
            // An error in a stream that began with 200: as the first thing of it, it is what another server says with a status.
            AnthropicSseException when _updates.Count == 0 => new CallEnd("error", false, Reservation.NotBilled("error")) { MayPass = true },
            AnthropicSseException => Early("error"),
            AnthropicApiException refused => Refused((int)refused.StatusCode, refused.Message),
            ClientResultException { Status: > 0 } refused => Refused(refused.Status, refused.Message),
            OperationCanceledException when isOutOfPatience => Early("timeout"),
            _ when Unreached(exception) => new CallEnd("unreachable", false, Reservation.NotBilled("unreachable")) { MayPass = true },
            _ => Early("error") with { MayPass = _updates.Count == 0 },
        };
    }

    private CallEnd Early(string outcome) => new(outcome, false, reservation.Estimated(Counted(), outcome));

    private static CallEnd Refused(int status, string words)
    {
        var isPoor = status == 429 && NoCredit.Any(word => words.Contains(word, StringComparison.OrdinalIgnoreCase));
        var outcome = isPoor ? "status_429_quota" : $"status_{status}";
        return new(outcome, false, Reservation.NotBilled(outcome)) { MayPass = !isPoor && status is (408 or 409 or 429 or >= 500) };
    }

    // The request never left: no name, no connection (the client's own time for one is the only time limit that is not ours), no TLS.
    private static bool Unreached(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is TimeoutException or HttpRequestException
                {
                    HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError,
                })
            {
                return true;
            }
        }

        return false;
    }

    // By the adapter, which tells it when the stream is over; else as the vendor told it beside the finish reason.
    private Tokens? Told => _usage is null ? _count.Ended : new Tokens(
        _usage.InputTokenCount ?? 0, _usage.OutputTokenCount ?? 0, _usage.CachedInputTokenCount ?? 0,
        _usage.AdditionalCounts?.GetValueOrDefault("CacheCreationInputTokens") ?? 0);

    // What the vendor has told so far; the rest by our count, and no answer is longer than it may be.
    private Tokens Counted()
    {
        var told = Told ?? _count.Begun ?? Tokens.None;
        var prompt = told.Input > 0 ? told : new Tokens(assistant.Prompts.Tokens(reservation.MostInput), 0, 0, 0);
        var (isTold, least, bytes) = _count.Untold;
        var said = Math.Max(least, assistant.Answers.Tokens(bytes));
        return prompt with { Output = Math.Min(isTold ? told.Output + said : Math.Max(told.Output, said), Math.Max(told.Output, assistant.Model.MostOutput)) };
    }
}
