using LeadOrchestrator.Orchestrator.TouchPoints;

namespace LeadOrchestrator.Orchestrator.Tests.TouchPoints;

/// <summary>A slot belongs to one call and is free when that call has ended.</summary>
public sealed class SendWindowTests
{
    [Fact]
    public void What_is_taken_is_not_free_until_it_is_given_back()
    {
        var window = new SendWindow(3);
        window.Take(2);
        window.Free.ShouldBe(1);
        window.Release();
        window.Free.ShouldBe(2);
    }

    [Fact]
    public void More_than_is_free_cannot_be_taken()
    {
        var window = new SendWindow(3);
        window.Take(3);
        Should.Throw<ArgumentOutOfRangeException>(() => window.Take(1));
    }

    [Fact]
    public async Task Whoever_waits_for_several_slots_goes_on_when_there_are_so_many()
    {
        var window = new SendWindow(3);
        window.Take(3);
        var wait = window.WaitAsync(2, null, CancellationToken.None);
        window.Release();
        wait.IsCompleted.ShouldBeFalse();
        window.Release();
        await wait;
    }

    [Fact]
    public async Task The_wait_for_several_is_over_after_its_time_with_fewer()
    {
        var window = new SendWindow(3);
        window.Take(2);
        await window.WaitAsync(3, TimeSpan.FromMilliseconds(20), CancellationToken.None);
        window.Free.ShouldBe(1);
    }

    [Fact]
    public async Task A_stop_ends_the_wait()
    {
        var window = new SendWindow(1);
        window.Take(1);
        using var stop = new CancellationTokenSource();
        var wait = window.WaitAsync(1, null, stop.Token);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => wait);
    }
}
