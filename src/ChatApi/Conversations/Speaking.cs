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
/// Each call has money reserved before it and settled after it. What a model says that is not true ends its call: what was shown of the answer is void, and it is asked once more
/// with the violation named. Then the shop is to confirm: staff find it among their review items before the customer reads so.
/// </remarks>
public sealed partial class Speaking(
    Assistants assistants, Budget budget, ToolBox tools, AnswerReviewStore reviews, PlatformSettings platform, TimeProvider clock, AnswerLimits limits, ILogger<Speaking> logger)
{
    private const int MostToolCalls = 8;

    /// <summary>Says it.</summary>
    internal async Task RunAsync(AnswerInProgress answer, AnswerStart start, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var prompt = Prompt.Build(start.Conversation, start.Hours, start.Catalog, start.History, now, start.Begun.Channel);
        answer.Speech.Begin(new TruthFacts(
            start.Catalog, start.Hours, now, start.Conversation.LocationName, start.Conversation.LocationPhone, start.Conversation.LocationAddress,
            start.Conversation.Vehicle, start.Conversation.Done, [platform.PublicUrl.Host]) { Slots = start.Conversation.Slots });
        foreach (var assistant in start.Conversation.IsThrifty ? assistants.CheapestFirst(now) : assistants.InOrder)
        {
            if (await SpeakAsync(assistant, answer, start, prompt, cancel))
            {
                return;
            }
        }

        if (!cancel.IsCancellationRequested)
        {
            await LeaveToShopAsync(answer, start, cancel);
        }
    }

    // True when the answer is said, or no other model may go on with it.
    private async Task<bool> SpeakAsync(Assistant assistant, AnswerInProgress answer, AnswerStart start, IReadOnlyList<AiMessage> prompt, CancellationToken cancel)
    {
        List<AiMessage> turns = [.. answer.Stopped is { } before ? Prompt.Again(prompt, before) : prompt];
        var options = Assistants.Options(assistant.Model);
        options.Tools = [.. tools.Declared];
        while (true)
        {
            options.ToolMode = answer.ToolCalls < MostToolCalls ? ChatToolMode.Auto : ChatToolMode.None;
            if (await ReserveAsync(assistant, answer, start, turns, cancel) is not { } reservation)
            {
                answer.FailureCode = "budget_exhausted";
                return answer.Speech.Said.Length > 0; // the other one may be cheaper
            }

            var end = await CallAsync(assistant, reservation, turns, options, answer, cancel);
            if (end.Violation is { } violation)
            {
                await answer.SettleAsync(budget, cancel);
                answer.Speech.Restart();
                Stopped(logger, violation.Kind, assistant.Model.Id, answer.Begun.MessageId, answer.Session.TenantId);
                if (answer.Stopped is not null)
                {
                    await LetShopConfirmAsync(answer, start, violation, cancel);
                    return true;
                }

                answer.Stopped = violation;
                turns = [.. Prompt.Again(prompt, violation)];
                continue;
            }

            if (end.AsksForTools is { } asked && answer.ToolCalls < MostToolCalls)
            {
                await answer.SettleAsync(budget, cancel);
                answer.Speech.Pause();
                turns.Add(asked);
                turns.Add(await UseAsync(asked, answer, start, cancel));
                if (answer.Words is { } words)
                {
                    answer.Speech.Restart();
                    SayOurselves(words, answer);
                    return true;
                }

                continue;
            }

            answer.Last = end.AsksForTools is null ? end : end with { Outcome = "error" }; // it asks without an end
            if (answer.Speech.Said.Length > 0 && !end.IsComplete && !cancel.IsCancellationRequested && start.Begun.Channel == MessageChannels.Sms)
            {
                answer.Speech.Restart(); // nobody has heard it: half an answer is not texted, and another model may give a whole one
            }

            if (answer.Speech.Said.Length > 0 || end.IsComplete || cancel.IsCancellationRequested)
            {
                return true; // settled together with the answer
            }

            await answer.SettleAsync(budget, cancel);
            return false;
        }
    }

    private async Task<Reservation?> ReserveAsync(Assistant assistant, AnswerInProgress answer, AnswerStart start, List<AiMessage> turns, CancellationToken cancel)
    {
        answer.Reservation = await budget.ReserveAsync(
            answer.Session, answer.Begun.MessageId, start.Conversation.LocationId, assistant.Model, Prompt.MostTokens(turns) + tools.MostTokens, cancel);
        answer.Last = null;
        return answer.Reservation;
    }

    private async Task<CallEnd> CallAsync(
        Assistant assistant, Reservation reservation, List<AiMessage> turns, ChatOptions options, AnswerInProgress answer, CancellationToken cancel)
    {
        Failpoint.Reach(Failpoint.AnswerBegun);
        answer.Speech.Begin(answer.Speech.Facts);
        var end = await new ModelCall(assistant, reservation, limits).RunAsync(turns, options, answer.Speech, cancel);
        answer.Last = end;
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
            answer.Speech.Tell(tools.NameOf(call), "started");
            var result = answer.ToolCalls > MostToolCalls ? ToolResult.Refused("No more tools in this turn.")
                : await tools.UseAsync(call, new ToolTurn(answer.Session, answer.Begun.MessageId, start, answer.Speech.Facts.Now), cancel);
            answer.Speech.Begin(result.After(answer.Speech.Facts));
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

    // No model could be asked, or none has answered. Staff find it, once; who texted is told so, once, since nobody looks at a page that says it.
    private async Task LeaveToShopAsync(AnswerInProgress answer, AnswerStart start, CancellationToken cancel)
    {
        var question = start.History.LastOrDefault(message => message.Role == MessageRoles.Customer)?.Content ?? "";
        var isFirst = await reviews.AddOnceAsync(
            answer.Session.TenantId, new NewReview(AnswerReviewStore.NoAnswer, start.Conversation.LeadId, answer.Begun.MessageId, answer.FailureCode, question), cancel);
        if (isFirst && start.Begun.Channel == MessageChannels.Sms)
        {
            SayOurselves(FixedWords.NotNow(start.History, start.Conversation.LocationPhone), answer);
        }
    }

    private void SayOurselves(string words, AnswerInProgress answer)
    {
        answer.Speech.SayOurselves(words);
        answer.IsOurs = true;
        answer.Spokesman = assistants.InOrder[0].Model;
    }

    [LoggerMessage(5030, LogLevel.Information, "{Model} ended with {Outcome} for answer {MessageId} of session {SessionId} (tenant {TenantId})")]
    private static partial void Called(ILogger logger, string model, string outcome, Guid messageId, Guid sessionId, Guid tenantId);

    [LoggerMessage(5033, LogLevel.Warning, "The guard stopped what is not true ({Kind}) of {Model} in answer {MessageId} (tenant {TenantId})")]
    private static partial void Stopped(ILogger logger, string kind, string model, Guid messageId, Guid tenantId);
}
