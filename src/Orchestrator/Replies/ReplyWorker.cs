using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.Reviews;
using LeadOrchestrator.Orchestrator.Shopmonkey;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Messages;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.Replies;

/// <summary>Takes over the assistant's answers to texts and plans their sending. Any number of copies may run.</summary>
/// <remarks>
/// The answer's row is the work: the Chat API has stored it together with its end, and the transaction that plans its touch point marks it. So it is planned once, whichever process dies when;
/// from then on it is a text like any other, with its attempts, fences and reconcile.
/// </remarks>
public sealed partial class ReplyWorker(
    LeadDatabase database, MessageStore messages, TouchPointStore touchPoints, ReviewItemStore reviews, ShopLookup shops, TouchPointSignal texts, ClockWatch clock, OrchestratorSettings settings, ILogger<ReplyWorker> logger)
    : BackgroundService
{
    /// <summary>The review item of an answer that was not said to its end, and so is not sent.</summary>
    public const string NotSent = "reply_not_sent";

    private const int Most = 100;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(settings.TouchPointInterval < Longest ? settings.TouchPointInterval : Longest);
        do
        {
            try
            {
                while (await RunOnceAsync(stoppingToken))
                {
                }
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                RoundFailed(logger, exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>One round.</summary>
    /// <returns>Whether more may wait.</returns>
    public async Task<bool> RunOnceAsync(CancellationToken cancel)
    {
        if (clock.IsWrong)
        {
            return false;
        }

        var answers = await messages.AnswersToSendAsync(Most, cancel);
        var failed = 0;
        foreach (var (tenantId, id) in answers)
        {
            try
            {
                await TakeAsync(tenantId, id, cancel);
            }
            catch (Exception exception) when (!cancel.IsCancellationRequested)
            {
                // It stays the oldest: the others are not to wait for it.
                failed++;
                NotPlanned(logger, exception, id, tenantId);
            }
        }

        return answers.Count == Most && failed == 0;
    }

    private async Task TakeAsync(Guid tenantId, Guid id, CancellationToken cancel)
    {
        await using var transaction = await database.BeginAsync(tenantId, cancel);
        if (await messages.TakeAnswerAsync(transaction, id, cancel) is not { } answer)
        {
            return;
        }

        var isSaid = answer is { Status: MessageStatuses.Complete, Content.Length: > 0 };
        if (isSaid)
        {
            var text = AnswerAsText.Fit(answer.Content, settings.LinkLength, answer.IsAboutCards);
            await touchPoints.AddReplyAsync(transaction, answer, await IntroducedAsync(transaction, answer, text, cancel), cancel);
        }
        else if (IsMissed(answer))
        {
            await reviews.AddAsync(transaction, NotSent, answer.LeadId, null, answer.Id, ReasonOf(answer), "{}", cancel);
        }

        await transaction.CommitAsync(cancel);
        if (isSaid)
        {
            Failpoint.Reach(Failpoint.ReplyPlanned);
            texts.Wake();
            Planned(logger, id, answer.LeadId, tenantId);
        }
    }

    // The page says that an assistant answers; who texts sees no page.
    private async Task<string> IntroducedAsync(TenantTransaction transaction, AnswerToSend answer, string text, CancellationToken cancel)
    {
        if (await TouchPointStore.HasRepliedAsync(transaction, answer.LeadId, cancel))
        {
            return text;
        }

        var shop = await shops.OfLeadAsync(transaction, answer.LeadId, cancel);
        return AnswerAsText.WithSender(text, TextTemplates.Assistant(shop.Name, Languages.Of(answer.Content) == Languages.Spanish), settings.LinkLength);
    }

    // Voided by the customer's next words, by a person who answers in its place, or by the end of its process, after which another one answers: nothing is missing.
    private static bool IsMissed(AnswerToSend answer) => answer is { IsTakenOver: false, Status: not MessageStatuses.Superseded, FinishReason: not "stopped" }
        and not { IsAskedAgain: true, FinishReason: MessageStore.OwnerLost };

    private static string ReasonOf(AnswerToSend answer) =>
        answer is { Status: MessageStatuses.Failed, FinishReason: "budget_exhausted" or "provider_unavailable" or "provider_refused" } ? answer.FinishReason! : "answer_cut_off";

    [LoggerMessage(3401, LogLevel.Error, "Answers to texts could not be looked for; the next second tries again")]
    private static partial void RoundFailed(ILogger logger, Exception exception);

    [LoggerMessage(3403, LogLevel.Error, "Answer {MessageId} to a text (tenant {TenantId}) could not be planned; the next second tries again")]
    private static partial void NotPlanned(ILogger logger, Exception exception, Guid messageId, Guid tenantId);

    [LoggerMessage(3402, LogLevel.Information, "Answer {MessageId} to a text of lead {LeadId} (tenant {TenantId}) is planned")]
    private static partial void Planned(ILogger logger, Guid messageId, Guid leadId, Guid tenantId);
}
