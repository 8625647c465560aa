using System.Diagnostics;
using System.Threading.Channels;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Messages;
using Npgsql;

namespace LeadOrchestrator.ChatApi.Conversations;

/// <summary>
/// The one writer of this process's running answers: what all of them said since the last round is stored in one round trip and one commit, at most
/// every 10 ms, and only then do the frames leave.
/// </summary>
/// <remarks>An answer that speaks alone is stored at once; a thousand share a commit. A round that takes longer than the window makes the next one larger.</remarks>
public sealed partial class FrameWriter(FrameStore frames, LiveSessions live, ServiceInstance instance, ILogger<FrameWriter> logger) : BackgroundService
{
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private readonly Channel<AnswerFeed> _waiting = Channel.CreateUnbounded<AnswerFeed>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>Opens the way for an answer's pieces.</summary>
    public AnswerFeed Open(SessionKey session, BegunAnswer begun)
    {
        ArgumentNullException.ThrowIfNull(begun);
        return new AnswerFeed(session, begun, _waiting.Writer);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await _waiting.Reader.WaitToReadAsync(stoppingToken))
        {
            var started = Stopwatch.GetTimestamp();
            try
            {
                await RunOnceAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // The answers of this round have ended; all others, and those to come, need a writer.
                RoundFailed(logger, exception);
            }

            if (Window - Stopwatch.GetElapsedTime(started) is { Ticks: > 0 } rest)
            {
                await Task.Delay(rest, stoppingToken);
            }
        }
    }

    /// <summary>One round: everything that waits is stored, however long the database takes to come back.</summary>
    public async Task RunOnceAsync(CancellationToken cancel)
    {
        var pieces = new List<Piece>();
        while (_waiting.Reader.TryRead(out var stream))
        {
            if (stream.Take() is { } delta)
            {
                pieces.Add(new Piece(stream, delta));
            }
        }

        if (pieces.Count == 0)
        {
            return;
        }

        try
        {
            await StoreAsync(pieces, cancel);
        }
        finally
        {
            foreach (var piece in pieces)
            {
                piece.Stream.Settled();
            }
        }
    }

    private async Task StoreAsync(IReadOnlyList<Piece> pieces, CancellationToken cancel)
    {
        var isSure = true;
        for (var pause = TimeSpan.FromMilliseconds(50); pieces.Count > 0; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                if (!isSure)
                {
                    pieces = await SortOutAsync(pieces, cancel);
                }

                pieces = await WriteAsync(pieces, cancel);
                isSure = false;
                continue;
            }
            catch (PostgresException exception) when (!exception.IsTransient && IsAboutTheRows(exception) && !cancel.IsCancellationRequested)
            {
                await IsolateAsync(pieces, exception, cancel);
                return;
            }
            catch (Exception exception) when (exception is NpgsqlException or TimeoutException or WrongRoleException && !cancel.IsCancellationRequested)
            {
                StoreFailed(logger, pieces.Count, exception.GetType().Name, (exception as NpgsqlException)?.SqlState);
            }

            // The commit may have come through although its answer did not.
            isSure = false;
            await Task.Delay(pause, cancel);
        }
    }

    // Those that are left are not stored, or not surely.
    private async Task<IReadOnlyList<Piece>> WriteAsync(IReadOnlyList<Piece> pieces, CancellationToken cancel)
    {
        if (pieces.Count == 0)
        {
            return [];
        }

        var unsure = (await frames.WriteAsync([.. pieces.Select(piece => piece.Delta)], cancel)).Select(delta => delta.Id).ToHashSet();
        Failpoint.Reach(Failpoint.FramesStored);
        var left = new List<Piece>();
        foreach (var piece in pieces)
        {
            if (unsure.Count > 0 && unsure.Contains(piece.Delta.Id))
            {
                left.Add(piece);
            }
            else
            {
                Deliver(piece);
            }
        }

        return left;
    }

    // A message of the customer may have taken the place, or the answer was taken away, or the piece is stored and we were not told.
    private async Task<IReadOnlyList<Piece>> SortOutAsync(IReadOnlyList<Piece> pieces, CancellationToken cancel)
    {
        var states = await frames.FindAsync(instance.Id, [.. pieces.Select(piece => piece.Delta)], cancel);
        var left = new List<Piece>();
        foreach (var piece in pieces)
        {
            switch (states.GetValueOrDefault(piece.Delta.Id))
            {
                case { StoredAt: { } seq }:
                    Deliver(piece with { Delta = piece.Delta with { Seq = seq } });
                    break;
                case { IsOurs: true } state:
                    left.Add(piece with { Delta = piece.Delta with { Seq = state.Newest + 1 } });
                    break;
                default:
                    piece.Stream.Lose();
                    break;
            }
        }

        return left;
    }

    private void Deliver(Piece piece)
    {
        piece.Stream.StoredAt(piece.Delta.Seq);
        live.Publish(piece.Stream.Session, piece.Delta.ToFrame());
    }

    // Data exceptions and broken constraints come back however often they are tried; everything else is the server's state and passes.
    private static bool IsAboutTheRows(PostgresException exception) => exception.SqlState.StartsWith("22", StringComparison.Ordinal)
        || (exception.SqlState.StartsWith("23", StringComparison.Ordinal) && exception.SqlState != PostgresErrorCodes.UniqueViolation);

    // One answer that cannot be stored must not stop all others.
    private async Task IsolateAsync(IReadOnlyList<Piece> pieces, PostgresException exception, CancellationToken cancel)
    {
        if (pieces is [var alone])
        {
            PieceRefused(logger, alone.Delta.MessageId, alone.Delta.TenantId, exception.SqlState);
            alone.Stream.Lose();
            return;
        }

        foreach (var piece in pieces)
        {
            await StoreAsync([piece], cancel);
        }
    }

    [LoggerMessage(5020, LogLevel.Warning, "{Count} pieces of answers could not be stored ({Kind} {SqlState}); trying again")]
    private static partial void StoreFailed(ILogger logger, int count, string kind, string? sqlState);

    [LoggerMessage(5022, LogLevel.Error, "A round of pieces of answers failed; its answers end as interrupted")]
    private static partial void RoundFailed(ILogger logger, Exception exception);

    [LoggerMessage(5021, LogLevel.Error, "A piece of answer {MessageId} (tenant {TenantId}) is refused by the database ({SqlState}); the answer ends")]
    private static partial void PieceRefused(ILogger logger, Guid messageId, Guid tenantId, string sqlState);

    private sealed record Piece(AnswerFeed Stream, NewDelta Delta);
}
