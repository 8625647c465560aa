using LeadOrchestrator.Shared.Hosting;
using Microsoft.Extensions.Hosting;

namespace LeadOrchestrator.Shared.Tests.Hosting;

/// <summary>Work in the background goes on, whatever becomes of one round.</summary>
public sealed class RoundsTests
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(1);

    [Fact]
    public async Task A_round_that_fails_is_told_of_and_the_next_one_comes()
    {
        using var stop = new CancellationTokenSource();
        var failed = new List<string>();
        var rounds = 0;

        var work = Rounds.EveryAsync(Every, _ => ++rounds < 3 ? throw new InvalidOperationException($"round {rounds}") : stop.CancelAsync(), exception => failed.Add(exception.Message), stop.Token);

        await Should.ThrowAsync<OperationCanceledException>(work);
        rounds.ShouldBe(3);
        failed.ShouldBe(["round 1", "round 2"]);
    }

    [Fact]
    public async Task A_stop_in_the_middle_of_a_round_is_no_failure()
    {
        using var stop = new CancellationTokenSource();
        var failed = 0;
        var begun = new TaskCompletionSource();

        var work = Rounds.EveryAsync(Every, async cancel =>
        {
            begun.SetResult();
            await new TaskCompletionSource().Task.WaitAsync(cancel);
        }, _ => failed++, stop.Token);
        await begun.Task;
        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(work);
        failed.ShouldBe(0);
    }

    [Fact]
    public async Task No_round_begins_after_a_stop_was_asked_for_and_the_end_is_no_failure()
    {
        using var lifetime = new Lifetime();
        var (rounds, failed) = (0, 0);

        await Rounds.UntilStopAsync(Every, _ =>
        {
            if (++rounds == 3)
            {
                lifetime.StopApplication(); // the host's own token stays as it is
            }

            return Task.CompletedTask;
        }, _ => failed++, lifetime, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));

        (rounds, failed).ShouldBe((3, 0));
    }

    private sealed class Lifetime : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource _stopping = new();

        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => _stopping.Token;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() => _stopping.Cancel();

        public void Dispose() => _stopping.Dispose();
    }

    [Fact]
    public async Task The_first_round_comes_at_once()
    {
        using var stop = new CancellationTokenSource();

        var work = Rounds.EveryAsync(TimeSpan.FromDays(1), _ => stop.CancelAsync(), _ => { }, stop.Token);

        await Should.ThrowAsync<OperationCanceledException>(work.WaitAsync(TimeSpan.FromSeconds(30)));
    }
}
