using System.Diagnostics;
using System.Text.Json;
using LeadOrchestrator.ChatApi.Ai;
using LeadOrchestrator.ChatApi.Ai.Tools;
using LeadOrchestrator.ChatApi.Costs;
using LeadOrchestrator.ChatApi.Guard;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Messages;
using Microsoft.Extensions.AI;
using AiMessage = Microsoft.Extensions.AI.ChatMessage;

namespace LeadOrchestrator.ChatApi.Conversations;

/// <summary>Lets models speak until one answer is said: which model, with which tools, and once more when the guard has stopped it.</summary>
/// <remarks>
/// Each call has money reserved before it and settled after it. A model that fails is followed by the next one, which says the whole answer: two models' words are never mixed. Those that
/// were turned away at the door by what may be over in a moment are asked once more after all; this is the one layer of retries. What a model says that is not true ends its call: what was
/// shown of the answer is void, and it is asked once more with the violation named. Then the shop is to confirm: staff find it among their review items before the customer reads so.
/// </remarks>
public sealed partial class Speaking(
    Assistants assistants, ModelBreakers breakers, Budget budget, ToolBox tools, AnswerReviewStore reviews, PlatformSettings platform, TimeProvider clock, AnswerLimits limits, ILogger<Speaking> logger)
{
    private const string NoMoney = "budget_exhausted";
    private const int MostToolCalls = 8;

    // Nobody asks a shop so much in a day; a script does, and one link shall not use up what all the franchise's customers have for the day.
    private const int MostAnswersOfDay = 250;

    /// <summary>Says it.</summary>
    internal async Task RunAsync(AnswerInProgress answer, AnswerStart start, CancellationToken cancel)
    {
        if (start.Conversation.AnswersOfDay >= MostAnswersOfDay)
        {
            (answer.FailureCode, answer.LeftBecause) = (NoMoney, "too_many_questions");
            return;
        }

        var now = clock.GetUtcNow();
        var prompt = Prompt.Build(start.Conversation, start.Hours, start.Catalog, start.History, now, start.Begun.Channel);
        answer.Speech.Begin(new TruthFacts(
            start.Catalog, start.Hours, now, start.Conversation.LocationName, start.Conversation.LocationPhone, start.Conversation.LocationAddress,
            start.Conversation.Vehicle, start.Conversation.Done | answer.Done, [platform.PublicUrl.Host])
        {
            Slots = answer.Slots ?? start.Conversation.Slots,
            Asked = string.Join('\n', start.History.Reverse().TakeWhile(message => message.Role is MessageRoles.Customer or MessageRoles.System).Where(message => message.Role == MessageRoles.Customer).Select(message => message.Content).Reverse()),
        });
        var models = breakers.OpenLast(start.Conversation.IsThrifty ? assistants.CheapestFirst(now) : assistants.InOrder);
        if (await AskAsync([.. models.Select(model => (model, TimeSpan.Zero))], answer, start, prompt, cancel) is { Count: > 0 } again)
        {
            await AskAsync([.. again.OrderBy(model => model.After)], answer, start, prompt, cancel);
        }
    }

    /// <summary>After all that was tried: whoever has heard nothing is told that the shop has the message, and staff find what was not answered or not to its end. Doing it twice changes nothing.</summary>
    internal async Task LeaveRestToShopAsync(AnswerInProgress answer, AnswerStart start, CancellationToken cancel)
    {
        if (answer.IsOurs || answer.IsLeftToShop || answer.IsComplete)
        {
            return;
        }

        if (answer.BrokenOffBy == NoMoney)
        {
            answer.Speech.Restart(); // words before a tool, whose result nobody may tell any more
        }

        if (answer.Speech.Said.Length == 0)
        {
            await LeaveToShopAsync(answer, start, cancel);
        }
        else if (start.Begun.Channel != MessageChannels.Sms) // half a text is not sent, and staff find it there
        {
            await reviews.AddOnceAsync(answer.Session.TenantId, NotAnswered(answer, start, "answer_interrupted"), cancel);
        }
    }

    // Each when its time has come. Null: the answer is said, or nobody waits for it any more. Else the models that may be asked once more, and after how long.
    private async Task<IReadOnlyList<(Assistant Assistant, TimeSpan After)>?> AskAsync(
        IReadOnlyList<(Assistant Assistant, TimeSpan After)> models, AnswerInProgress answer, AnswerStart start, IReadOnlyList<AiMessage> prompt, CancellationToken cancel)
    {
        var began = Stopwatch.GetTimestamp();
        var again = new List<(Assistant, TimeSpan)>();
        foreach (var (assistant, after) in models)
        {
            if (after - Stopwatch.GetElapsedTime(began) is var left && left > TimeSpan.Zero)
            {
                await Task.Delay(left, cancel);
            }

            switch (await SpeakAsync(assistant, answer, start, prompt, cancel))
            {
                case Attempt.Over:
                    return null;
                case Attempt.TurnedAway when (answer.Last?.RetryAfter ?? TimeSpan.Zero) is var told && told <= limits.LongestBeforeAgain:
                    again.Add((assistant, told > limits.BeforeAgain ? told : limits.BeforeAgain));
                    break;
            }
        }

        return again;
    }

    private async Task<Attempt> SpeakAsync(Assistant assistant, AnswerInProgress answer, AnswerStart start, IReadOnlyList<AiMessage> prompt, CancellationToken cancel)
    {
        var turns = Turns(prompt, answer);
        var options = Assistants.Options(assistant.Model);
        options.Tools = [.. tools.Declared];
        while (true)
        {
            options.ToolMode = answer.ToolCalls < MostToolCalls ? ChatToolMode.Auto : ChatToolMode.None;
            if (assistant.Model.Context < assistant.Prompts.Tokens(Prompt.MostTokens(turns) + tools.MostTokens) + assistant.Model.MostOutput)
            {
                TooLong(logger, assistant.Model.Id, answer.Begun.MessageId, answer.Session.TenantId);
                LeaveToNext(answer, "error");
                return Attempt.Failed;
            }

            if (await ReserveAsync(assistant, answer, start, turns, cancel) is not { } reservation)
            {
                answer.FailureCode = NoMoney;
                LeaveToNext(answer, NoMoney);
                return Attempt.Failed; // the other one may be cheaper
            }

            var end = await CallAsync(assistant, reservation, turns, options, answer, cancel);
            if (end.Violation is { } violation)
            {
                if (await StopAsync(violation, assistant, answer, start, cancel))
                {
                    return Attempt.Over;
                }

                turns = Turns(prompt, answer);
                continue;
            }

            if (end.AsksForTools is { } asked && answer.ToolCalls < MostToolCalls)
            {
                if (await UseToolsAsync(asked, turns, answer, start, cancel))
                {
                    return Attempt.Over;
                }

                continue;
            }

            answer.Last = end.AsksForTools is null ? end : end with { Outcome = "error" }; // it asks without an end
            if (end.IsComplete || cancel.IsCancellationRequested)
            {
                return Attempt.Over; // settled together with the answer
            }

            await answer.SettleAsync(budget, cancel);
            LeaveToNext(answer, answer.Last.Outcome);
            return end.MayPass ? Attempt.TurnedAway : Attempt.Failed;
        }
    }

    // What a try begins with: the prompt, why a first one was stopped, and what tools have done.
    private static List<AiMessage> Turns(IReadOnlyList<AiMessage> prompt, AnswerInProgress answer) =>
        [.. answer.Stopped is { } violation ? Prompt.Again(prompt, violation) : prompt, .. answer.ToolTurns];

    // True when it was the second time: then the shop is to confirm.
    private async Task<bool> StopAsync(Violation violation, Assistant assistant, AnswerInProgress answer, AnswerStart start, CancellationToken cancel)
    {
        await answer.SettleAsync(budget, cancel);
        answer.Speech.Restart();
        Stopped(logger, violation.Kind, assistant.Model.Id, answer.Begun.MessageId, answer.Session.TenantId);
        if (answer.Stopped is null)
        {
            answer.Stopped = violation;
            return false;
        }

        await LetShopConfirmAsync(answer, start, violation, cancel);
        return true;
    }

    // True when a tool has its own words for the customer, which end the answer.
    private async Task<bool> UseToolsAsync(AiMessage asked, List<AiMessage> turns, AnswerInProgress answer, AnswerStart start, CancellationToken cancel)
    {
        await answer.SettleAsync(budget, cancel);
        answer.Speech.Pause();
        var results = await UseAsync(asked, answer, start, cancel);
        asked.Contents = [.. asked.Contents.Select(content => content is FunctionCallContent call ? AskedTools.Kept(call, tools.NameOf(call)) : content)];
        turns.AddRange([asked, results]);
        answer.ToolTurns.AddRange(AskedTools.Bare(asked, results, answer.ToolTurns.Count));
        if (answer.Words is { } words)
        {
            answer.Speech.Restart();
            SayOurselves(words, answer);
        }

        return answer.Words is not null;
    }

    // Half an answer stays in sight until another model says a whole one. By text nobody has heard it, and half a text is not sent.
    private static void LeaveToNext(AnswerInProgress answer, string outcome)
    {
        if (!answer.Speech.HasWords)
        {
            return;
        }

        answer.BrokenOffBy = outcome;
        if (answer.Begun.Channel == MessageChannels.Sms)
        {
            answer.Speech.Restart();
        }
        else
        {
            answer.Speech.RestartAtNextWord();
        }
    }

    private async Task<Reservation?> ReserveAsync(Assistant assistant, AnswerInProgress answer, AnswerStart start, List<AiMessage> turns, CancellationToken cancel)
    {
        answer.Reservation = await budget.ReserveAsync(
            answer.Session, answer.Begun.MessageId, start.Conversation.LocationId, assistant.Model, Prompt.MostTokens(turns) + tools.MostTokens, cancel);
        if (answer.Reservation is not null)
        {
            answer.Last = null;
        }

        return answer.Reservation;
    }

    private async Task<CallEnd> CallAsync(
        Assistant assistant, Reservation reservation, List<AiMessage> turns, ChatOptions options, AnswerInProgress answer, CancellationToken cancel)
    {
        Failpoint.Reach(Failpoint.AnswerBegun);
        answer.Speech.Begin(answer.Speech.Facts);
        if (cancel.IsCancellationRequested)
        {
            // Nobody waits for it any more: it is not made, and costs nothing.
            return answer.Ended(reservation, new CallEnd("cancelled", false, Reservation.NotBilled("cancelled")));
        }

        answer.Made(reservation);
        var end = answer.Ended(reservation, await new ModelCall(assistant, reservation, limits).RunAsync(turns, options, answer.Speech, cancel));
        breakers.Ended(assistant.Model.Provider, end.Outcome);
        Called(logger, assistant.Model.Id, end.Outcome, answer.Begun.MessageId, answer.Session.SessionId, answer.Session.TenantId);
        Measures.ModelCalled(assistant.Model.Provider, assistant.Model.Id, end.Outcome, end.Settlement.CostMicros ?? reservation.Micros);
        answer.FailureCode = end.Outcome == "content_filter" ? "provider_refused" : "provider_unavailable";
        return end;
    }

    // All results of one turn in one message, as both vendors want it. A call over the limit is answered too, with no.
    private async Task<AiMessage> UseAsync(AiMessage asked, AnswerInProgress answer, AnswerStart start, CancellationToken cancel)
    {
        var results = new List<AIContent>();
        foreach (var call in asked.Contents.OfType<FunctionCallContent>())
        {
            answer.ToolCalls++;
            if (answer.ToolCalls > MostToolCalls)
            {
                results.Add(new FunctionResultContent(call.CallId, ToolResult.Refused("No more tools in this turn.").Text));
                continue; // nobody is told of what is not done
            }

            answer.Speech.Tell(tools.NameOf(call), "started");
            await answer.Speech.StoredAsync(cancel); // an answer that was stopped or taken over elsewhere does nothing more: that is heard of when its next frame is stored
            cancel.ThrowIfCancellationRequested();
            var result = AskedTools.WhyNot(call) is { } why ? ToolResult.Refused(why)
                : await tools.UseAsync(call, new ToolTurn(answer.Session, answer.Begun.MessageId, start, answer.Speech.Facts.Now), cancel);
            answer.Speech.Begin(result.After(answer.Speech.Facts));
            (answer.Done, answer.Slots) = (answer.Done | result.Done, answer.Speech.Facts.Slots);
            answer.Speech.Tell(tools.NameOf(call), result.IsDone ? "done" : "failed");
            answer.Words = result.Words ?? answer.Words;
            results.Add(new FunctionResultContent(call.CallId, result.Text));
        }

        return new AiMessage(ChatRole.Tool, results);
    }

    private async Task LetShopConfirmAsync(AnswerInProgress answer, AnswerStart start, Violation violation, CancellationToken cancel)
    {
        await reviews.AddAsync(answer.Session.TenantId, new NewReview(AnswerReviewStore.HeldBack, start.Conversation.LeadId, answer.Begun.MessageId, violation.Kind, violation.Evidence), cancel);
        SayOurselves(FixedWords.ShopConfirms(start.History, start.Conversation.LocationPhone), answer);
    }

    // No model could be asked, or none has answered. The customer is told so, and staff find it, once. Who texts on is told once, since each word is a text.
    private async Task LeaveToShopAsync(AnswerInProgress answer, AnswerStart start, CancellationToken cancel)
    {
        var isFirst = await reviews.AddOnceAsync(answer.Session.TenantId, NotAnswered(answer, start, answer.LeftBecause ?? answer.FailureCode), cancel);
        answer.IsLeftToShop = true;
        if (isFirst || start.Begun.Channel != MessageChannels.Sms)
        {
            SayOurselves(FixedWords.NotNow(start.History, start.Conversation.LocationPhone), answer);
        }
    }

    private static NewReview NotAnswered(AnswerInProgress answer, AnswerStart start, string reason) => new(
        AnswerReviewStore.NoAnswer, start.Conversation.LeadId, answer.Begun.MessageId, reason, start.History.LastOrDefault(message => message.Role == MessageRoles.Customer)?.Content ?? "");

    private void SayOurselves(string words, AnswerInProgress answer)
    {
        answer.Speech.SayOurselves(words);
        answer.IsOurs = true;
        answer.Spokesman = assistants.InOrder[0].Model;
    }

    /// <summary>What became of a model's turn to speak.</summary>
    private enum Attempt
    {
        /// <summary>The answer is said, or nobody waits for it.</summary>
        Over,

        /// <summary>The next model is to say it.</summary>
        Failed,

        /// <summary>The next model is to say it; this one may be asked once more.</summary>
        TurnedAway,
    }

    [LoggerMessage(5030, LogLevel.Information, "{Model} ended with {Outcome} for answer {MessageId} of session {SessionId} (tenant {TenantId})")]
    private static partial void Called(ILogger logger, string model, string outcome, Guid messageId, Guid sessionId, Guid tenantId);

    [LoggerMessage(5036, LogLevel.Warning, "{Model} is not asked for answer {MessageId} (tenant {TenantId}): the conversation is longer than its context")]
    private static partial void TooLong(ILogger logger, string model, Guid messageId, Guid tenantId);

    [LoggerMessage(5033, LogLevel.Warning, "The guard stopped what is not true ({Kind}) of {Model} in answer {MessageId} (tenant {TenantId})")]
    private static partial void Stopped(ILogger logger, string kind, string model, Guid messageId, Guid tenantId);
}
