using LeadOrchestrator.ChatApi.Conversations;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Messages;
using LeadOrchestrator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeadOrchestrator.ChatApi.Tests.Conversations;

/// <summary>How pieces of answers become rows: many at once, each at the next place of its session, and none that is not ours to add.</summary>
public sealed class FrameWriterTests : IClassFixture<Scene>, IDisposable
{
    private readonly Scene _scene;
    private readonly FrameWriter _writer;

    public FrameWriterTests(Scene scene)
    {
        _scene = scene;
        // Not started: its rounds come when a test says so.
        _writer = new FrameWriter(scene.Chat.Get<FrameStore>(), scene.Chat.Get<LiveSessions>(), scene.Chat.Get<ServiceInstance>(), NullLogger<FrameWriter>.Instance);
    }

    private MessageStore Messages => _scene.Chat.Get<MessageStore>();

    [Fact]
    public async Task Answers_that_speak_at_the_same_moment_share_a_commit()
    {
        var answers = new List<(SessionKey Session, AnswerFeed Feed)>();
        for (var number = 0; number < 5; number++)
        {
            var (session, feed, _) = await BegunAsync();
            feed.Say($"I am {number}.");
            answers.Add((session, feed));
        }

        await _writer.RunOnceAsync(CancellationToken.None);

        var sessions = answers.Select(answer => answer.Session.SessionId).ToArray();
        (await _scene.Database.ScalarAsync<long>("SELECT count(*) FROM chat_events WHERE type = 'answer.delta' AND session_id = ANY($1)", sessions)).ShouldBe(5);
        (await _scene.Database.ScalarAsync<long>(
            "SELECT count(DISTINCT xmin::text) FROM chat_events WHERE type = 'answer.delta' AND session_id = ANY($1)", sessions)).ShouldBe(1);
    }

    [Fact]
    public async Task A_message_of_the_customer_during_an_answer_takes_the_next_place_and_the_answer_goes_on_after_it()
    {
        var (session, feed, _) = await BegunAsync();
        await SayAsync(feed, "One. ");
        await Messages.AskAsync(session, "And then?", Guid.CreateVersion7(), CancellationToken.None);
        await SayAsync(feed, "Two. ");
        await SayAsync(feed, "Three.");

        (await FramesAsync(session)).ShouldBe(["message.created", "answer.started", "answer.delta", "message.created", "answer.delta", "answer.delta"]);
        (await TextAsync(session)).ShouldBe("One. Two. Three.");
        feed.Lost.IsCancellationRequested.ShouldBeFalse();
    }

    [Fact]
    public async Task An_answer_that_was_taken_away_adds_nothing_and_the_others_of_its_round_are_stored()
    {
        var (session, feed, begun) = await BegunAsync();
        var (other, otherFeed, _) = await BegunAsync();
        await SayAsync(feed, "Seen. ");
        await Messages.InterruptAnswerAsync(session, begun.MessageId, "stopped", CancellationToken.None);

        otherFeed.Say("Still here.");
        await SayAsync(feed, "Never seen.");

        feed.Lost.IsCancellationRequested.ShouldBeTrue();
        otherFeed.Lost.IsCancellationRequested.ShouldBeFalse();
        (await FramesAsync(session))[^1].ShouldBe("answer.interrupted");
        (await TextAsync(session)).ShouldBe("Seen. ");
        (await _scene.Database.ScalarAsync<string>("SELECT content FROM chat_messages WHERE id = $1", begun.MessageId)).ShouldBe("Seen. ");
        (await TextAsync(other)).ShouldBe("Still here.");
    }

    [Fact]
    public async Task A_piece_that_cannot_be_stored_ends_its_answer_alone()
    {
        var (other, otherFeed, begun) = await BegunAsync();
        var nowhere = _writer.Open(new SessionKey(_scene.TenantId, Guid.CreateVersion7()), begun);

        otherFeed.Say("Fine.");
        await SayAsync(nowhere, "Of a session that is gone.");

        nowhere.Lost.IsCancellationRequested.ShouldBeTrue();
        otherFeed.Lost.IsCancellationRequested.ShouldBeFalse();
        (await TextAsync(other)).ShouldBe("Fine.");
    }

    [Fact]
    public async Task What_is_stored_and_was_never_shown_is_shown_to_who_comes_back()
    {
        var customer = await _scene.CustomerAsync();
        var (session, _, begun) = await BegunAsync(customer.SessionId);
        var frames = _scene.Chat.Get<FrameStore>();
        var delta = new NewDelta(Guid.CreateVersion7(), session.TenantId, session.SessionId, begun.MessageId, begun.Frame.Seq + 1, "Stored.");

        (await frames.WriteAsync([delta], CancellationToken.None)).ShouldBeEmpty();

        using var stream = await customer.FollowAsync(begun.Frame.Seq);
        (await stream.UntilAsync(frame => frame.Type == "answer.delta"))[^1].Text("text").ShouldBe("Stored.");
    }

    [Fact]
    public async Task A_piece_that_was_stored_without_our_hearing_of_it_is_found_and_not_stored_again()
    {
        var (session, _, begun) = await BegunAsync();
        var frames = _scene.Chat.Get<FrameStore>();
        var delta = new NewDelta(Guid.CreateVersion7(), session.TenantId, session.SessionId, begun.MessageId, begun.Frame.Seq + 1, "Once.");
        await frames.WriteAsync([delta], CancellationToken.None);

        (await frames.WriteAsync([delta], CancellationToken.None)).ShouldBe([delta]);

        var state = (await frames.FindAsync(_scene.Chat.InstanceId, [delta], CancellationToken.None))[delta.Id];
        state.ShouldBe(new DeltaState(delta.Id, delta.Seq, true, delta.Seq));
        (await TextAsync(session)).ShouldBe("Once.");
    }

    [Fact]
    public async Task A_viewer_who_does_not_read_holds_up_nobody()
    {
        _scene.Sandbox.Model.Script = string.Concat(Enumerable.Range(1, 150).Select(number => $"Word {number} is said. "));
        try
        {
            var customer = await _scene.CustomerAsync();
            using var slow = await customer.SendAsync(HttpMethod.Get, "/stream");

            var seen = await customer.AskAsync("Count");

            string.Concat(seen.Where(frame => frame.Type == "answer.delta").Select(frame => frame.Text("text"))).ShouldBe(_scene.Sandbox.Model.Script);
            seen.Select(frame => frame.Seq).ShouldBe(Enumerable.Range(1, seen.Count).Select(seq => (long)seq));
        }
        finally
        {
            _scene.Sandbox.Model.Script = null;
        }
    }

    [Fact]
    public async Task A_connection_that_died_while_nobody_spoke_is_replaced()
    {
        var (session, feed, _) = await BegunAsync();
        await SayAsync(feed, "Before. ");
        var frames = _scene.Chat.Get<FrameStore>();
        frames.IsKeepingOne.ShouldBeTrue();

        await _scene.Database.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'lead-chat-api' AND datname = current_database()");
        // The pool's keep-alive looks after it every 15 s.
        await Eventually.TrueAsync(() => !frames.IsKeepingOne, "the kept connection to be found dead", TimeSpan.FromSeconds(60));

        await SayAsync(feed, "After.");
        feed.Lost.IsCancellationRequested.ShouldBeFalse();
        (await TextAsync(session)).ShouldBe("Before. After.");
    }

    [Fact]
    public async Task A_round_that_fails_as_nobody_expected_ends_its_answers_and_leaves_no_hole()
    {
        var gone = Npgsql.NpgsqlDataSource.Create("Host=127.0.0.1");
        await gone.DisposeAsync();
        using var broken = new FrameWriter(
            new FrameStore(new LeadDatabase(gone), TimeProvider.System), _scene.Chat.Get<LiveSessions>(), _scene.Chat.Get<ServiceInstance>(), NullLogger<FrameWriter>.Instance);
        var (session, _, begun) = await BegunAsync();
        using var feed = broken.Open(session, begun);

        await broken.StartAsync(CancellationToken.None);
        feed.Say("Never stored. ");
        await Eventually.TrueAsync(() => feed.Lost.IsCancellationRequested, "the answer to be given up");
        feed.Say("After a hole.");

        broken.ExecuteTask!.IsCompleted.ShouldBeFalse();
        await broken.StopAsync(CancellationToken.None);
        (await TextAsync(session)).ShouldBe("");
    }

    public void Dispose() => _writer.Dispose();

    // An answer that this process has begun, and that only the test says.
    private async Task<(SessionKey Session, AnswerFeed Feed, BegunAnswer Begun)> BegunAsync(Guid? sessionId = null)
    {
        var session = new SessionKey(_scene.TenantId, sessionId ?? (await _scene.CustomerAsync()).SessionId);
        await Messages.AskAsync(session, "Hello?", Guid.CreateVersion7(), CancellationToken.None);
        var start = await _scene.Chat.Get<AnswerStarts>().BeginAsync(session, Guid.CreateVersion7(), CancellationToken.None);
        return (session, _writer.Open(session, start!.Begun), start.Begun);
    }

    private async Task SayAsync(AnswerFeed feed, string text)
    {
        feed.Say(text);
        await _writer.RunOnceAsync(CancellationToken.None);
    }

    private async Task<IReadOnlyList<string>> FramesAsync(SessionKey session)
    {
        var seqs = await _scene.Database.ColumnAsync<long>($"SELECT seq FROM chat_events WHERE session_id = '{session.SessionId}' ORDER BY seq");
        seqs.ShouldBe(Enumerable.Range(1, seqs.Count).Select(seq => (long)seq));
        return await _scene.Database.ColumnAsync<string>($"SELECT type FROM chat_events WHERE session_id = '{session.SessionId}' ORDER BY seq");
    }

    private async Task<string> TextAsync(SessionKey session) => await _scene.Database.ScalarAsync<string>(
        "SELECT coalesce(string_agg(data::json ->> 'text', '' ORDER BY seq), '') FROM chat_events WHERE session_id = $1 AND type = 'answer.delta'", session.SessionId) ?? "";
}
