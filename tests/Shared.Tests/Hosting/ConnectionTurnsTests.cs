using System.Net.Sockets;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Testing;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace LeadOrchestrator.Shared.Tests.Hosting;

/// <summary>A few open connections at once, and one asks a server that is away.</summary>
[Collection(nameof(OneProcess))] // whoever watches the database in this process sees the exceptions that these tests make
public sealed class ConnectionTurnsTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly List<TaskCompletionSource<NpgsqlConnection>> _opening = [];
    private readonly ConnectionTurns _turns;
    private Func<NpgsqlConnection>? _answer;
    private int _asked;

    public ConnectionTurnsTests() => _turns = new ConnectionTurns(OpenAsync, _clock);

    public void Dispose() => _turns.Dispose();

    private static NpgsqlException Refused => new("Failed to connect", new SocketException((int)SocketError.ConnectionRefused));

    [Fact]
    public async Task No_more_than_a_few_are_opened_at_once_and_the_next_one_comes_when_one_is_done()
    {
        var callers = Enumerable.Range(0, 30).Select(_ => _turns.OpenAsync(CancellationToken.None).AsTask()).ToList();

        _opening.Count.ShouldBe(ConnectionTurns.AtOnce);
        _opening[0].SetResult(new NpgsqlConnection());
        await callers[0];
        await Eventually.TrueAsync(() => _opening.Count == ConnectionTurns.AtOnce + 1, "the next one's turn");

        _opening[1].SetException(new NpgsqlException("Timeout", new TimeoutException()));
        await Should.ThrowAsync<NpgsqlException>(() => callers[1]);
        await Eventually.TrueAsync(() => _opening.Count == ConnectionTurns.AtOnce + 2, "a turn is given back by a failure, too");
        Finish();
        await Task.WhenAll(callers.Where(caller => caller != callers[1])).WaitAsync(Eventually.DefaultDeadline);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("57P03")]
    [InlineData("57P01")]
    public async Task While_the_server_is_away_one_caller_asks_it_and_the_others_are_told_at_once(string? state)
    {
        _answer = () => throw (state is null ? Refused : new PostgresException("the database system is starting up", "FATAL", "FATAL", state));
        await FailsAsync();
        await FailsAsync();
        _asked.ShouldBe(1, "it was away a moment ago");

        for (var pause = 1; pause <= 3; pause++)
        {
            _clock.Advance(ConnectionTurns.Pause);
            await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => FailsAsync()));
            _asked.ShouldBe(1 + pause);
        }

        _answer = () => new NpgsqlConnection();
        _clock.Advance(ConnectionTurns.Pause);
        await _turns.OpenAsync(CancellationToken.None);
        await _turns.OpenAsync(CancellationToken.None);
        _asked.ShouldBe(6, "it is back, and everybody asks");
    }

    [Fact]
    public async Task What_is_one_callers_alone_keeps_nobody_else_away()
    {
        foreach (var failure in (Exception[])
            [new NpgsqlException("Timeout", new TimeoutException()), new OperationCanceledException(), new PostgresException("too many connections", "FATAL", "FATAL", "53300"), new WrongRoleException("postgres")])
        {
            var before = _asked;
            _answer = () => throw failure;
            await FailsAsync();
            await FailsAsync();
            _asked.ShouldBe(before + 2, failure.GetType().Name);
        }
    }

    [Fact]
    public async Task Who_gives_up_waiting_takes_no_turn_from_the_others()
    {
        var callers = Enumerable.Range(0, ConnectionTurns.AtOnce).Select(_ => _turns.OpenAsync(CancellationToken.None).AsTask()).ToList();
        using var stop = new CancellationTokenSource();
        var waiting = _turns.OpenAsync(stop.Token).AsTask();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => waiting);

        Finish();
        await Task.WhenAll(callers);
        var last = _turns.OpenAsync(CancellationToken.None).AsTask();
        Finish();
        await last.WaitAsync(Eventually.DefaultDeadline);
    }

    private async Task FailsAsync() => await Should.ThrowAsync<Exception>(async () => await _turns.OpenAsync(CancellationToken.None));

    // Also those that come later.
    private void Finish()
    {
        _answer = () => new NpgsqlConnection();
        foreach (var opening in _opening)
        {
            opening.TrySetResult(new NpgsqlConnection());
        }
    }

    private async ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancel)
    {
        Interlocked.Increment(ref _asked);
        if (_answer is { } answer)
        {
            return answer();
        }

        var opening = new TaskCompletionSource<NpgsqlConnection>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_opening)
        {
            _opening.Add(opening);
        }

        return await opening.Task;
    }
}
