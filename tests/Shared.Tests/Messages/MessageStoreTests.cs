using LeadOrchestrator.Shared.Messages;
using LeadOrchestrator.Testing;
using Microsoft.Extensions.Time.Testing;

namespace LeadOrchestrator.Shared.Tests.Messages;

public sealed class MessageStoreTests(SeededDatabase seeded) : IClassFixture<SeededDatabase>, IAsyncLifetime
{
    private SessionStore _sessions = null!;
    private MessageStore _messages = null!;
    private Guid _session;

    public async ValueTask InitializeAsync()
    {
        var clock = new FakeTimeProvider(HttpClock.MondayMorning);
        _sessions = new SessionStore(seeded.Lead, clock);
        _messages = new MessageStore(seeded.Lead, _sessions, new FrameStore(seeded.Lead, clock), clock);
        _session = await OpenAsync(await seeded.AddLeadAsync(seeded.Tenant));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_lead_has_one_session_however_many_open_it_at_once()
    {
        var lead = await seeded.AddLeadAsync(seeded.Tenant);

        (await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => OpenAsync(lead)))).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Messages_said_at_once_have_an_order_without_gaps()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(number => SayAsync($"message {number}")));

        var page = await _messages.PageAsync(seeded.Tenant, _session, null, 50, CancellationToken.None);
        page.Select(message => message.Seq).ShouldBe(Enumerable.Range(1, 20).Select(number => (long)number));
        page.Select(message => message.Content).Distinct().Count().ShouldBe(20);
        (await seeded.Database.ScalarAsync<long>("SELECT count(*) FROM chat_events WHERE session_id = $1 AND type = 'message.created'", _session)).ShouldBe(20);
    }

    [Fact]
    public async Task The_same_client_message_id_is_the_same_message()
    {
        var id = Guid.CreateVersion7();

        var said = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => SayAsync("Hi", id)));

        said.Count(message => message.IsNew).ShouldBe(1);
        said.Select(message => message.Message.Id).Distinct().ShouldHaveSingleItem();
        (await _messages.PageAsync(seeded.Tenant, _session, null, 50, CancellationToken.None)).ShouldHaveSingleItem().Seq.ShouldBe(1);
    }

    [Fact]
    public async Task An_answer_is_a_dead_process_s_only_while_some_process_has_been_steady_for_as_long()
    {
        var (answer, dead, living) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        await seeded.Database.ExecuteAsync("""
            INSERT INTO chat_messages (tenant_id, id, session_id, seq, role, channel, content, status, covers_seq, owner_id, created_at)
            VALUES ($1, $2, $3, 1, 'assistant', 'chat', '', 'streaming', 0, $4, '2026-11-23Z')
            """, seeded.Tenant, answer, _session, dead);
        await seeded.Database.ExecuteAsync("""
            INSERT INTO service_instances (id, service, started_at, seen_at, steady_since)
            SELECT n.id, 'chat-api', now(), n.seen_at, n.steady_since
            FROM (VALUES ($1::uuid, now() - interval '5 seconds', now() - interval '1 hour'), ($2::uuid, now() + interval '1 minute', now())) n (id, seen_at, steady_since)
            """, dead, living);

        (await OrphansAsync()).ShouldNotContain(answer, "after a stall of the database everybody has been silent");
        await seeded.Database.ExecuteAsync("UPDATE service_instances SET steady_since = now() - interval '4 seconds' WHERE id = $1", living);
        (await OrphansAsync()).ShouldContain(answer);

        // Its process was only slow, and is heard of again before the answer is taken away.
        await seeded.Database.ExecuteAsync("UPDATE service_instances SET seen_at = now() + interval '1 minute' WHERE id = $1", dead);
        var key = new SessionKey(seeded.Tenant, _session);
        (await _messages.InterruptAnswerAsync(key, answer, MessageStore.OwnerLost, CancellationToken.None, Silence)).ShouldBeNull();
        (await _messages.InterruptAnswerAsync(key, answer, MessageStore.OwnerLost, CancellationToken.None)).ShouldNotBeNull();
        await seeded.Database.ExecuteAsync("DELETE FROM service_instances WHERE id IN ($1, $2)", dead, living);

        async Task<IEnumerable<Guid>> OrphansAsync() => (await _messages.OrphanedAnswersAsync(Silence, CancellationToken.None)).Select(orphan => orphan.Id);
    }

    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(3.5);

    [Fact]
    public async Task Who_asks_while_somebody_else_has_the_lead_is_heard_although_the_database_ends_one_of_both()
    {
        var lead = await seeded.AddLeadAsync(seeded.Tenant);
        var session = await OpenAsync(lead);
        await using var staff = await seeded.Lead.BeginAsync(seeded.Tenant, CancellationToken.None);
        await staff.ExecuteAsync("SELECT 1 FROM leads WHERE tenant_id = @tenantId AND id = @lead FOR NO KEY UPDATE", new { lead }, CancellationToken.None);
        var asking = _messages.AskAsync(new SessionKey(seeded.Tenant, session), "Hi", null, CancellationToken.None);
        await Eventually.TrueAsync(() => seeded.Database.ScalarAsync<bool>(
            "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')"), "the question to wait for the lead");

        // Who waits longest is ended: the question.
        await staff.ExecuteAsync("UPDATE chat_sessions SET updated_at = updated_at WHERE tenant_id = @tenantId AND id = @session", new { session }, CancellationToken.None);
        await staff.CommitAsync(CancellationToken.None);

        (await asking)!.IsNew.ShouldBeTrue();
        (await _messages.PageAsync(seeded.Tenant, session, null, 50, CancellationToken.None)).ShouldHaveSingleItem().Content.ShouldBe("Hi");
        (await seeded.Database.ScalarAsync<string>("SELECT status FROM leads WHERE id = $1", lead)).ShouldBe("engaged");
    }

    [Fact]
    public async Task A_page_is_the_newest_before_a_place_and_oldest_first()
    {
        for (var number = 1; number <= 7; number++)
        {
            await SayAsync($"{number}");
        }

        (await PageAsync(null)).ShouldBe(["5", "6", "7"]);
        (await PageAsync(5)).ShouldBe(["2", "3", "4"]);
        (await PageAsync(2)).ShouldBe(["1"]);
        (await PageAsync(1)).ShouldBeEmpty();

        async Task<IEnumerable<string>> PageAsync(long? before) =>
            (await _messages.PageAsync(seeded.Tenant, _session, before, 3, CancellationToken.None)).Select(message => message.Content);
    }

    [Fact]
    public async Task Another_tenant_neither_reads_nor_writes_the_thread()
    {
        await SayAsync("private");

        (await _messages.PageAsync(seeded.OtherTenant, _session, null, 50, CancellationToken.None)).ShouldBeEmpty();
        (await _sessions.FindAsync(seeded.OtherTenant, _session, CancellationToken.None)).ShouldBeNull();
        await using var transaction = await seeded.Lead.BeginAsync(seeded.OtherTenant, CancellationToken.None);
        await Should.ThrowAsync<InvalidOperationException>(() => _messages.AppendAsync(transaction, new(_session, MessageRoles.Customer, MessageChannels.Chat, "hi"), CancellationToken.None));
    }

    [Fact]
    public async Task Pictures_emoji_and_every_language_come_back_as_they_were()
    {
        const string Text = "👩‍👩‍👧 ¿cuánto? \"quotes\" \\ <b> 日本語\n\ttab";
        await using var transaction = await seeded.Lead.BeginAsync(seeded.Tenant, CancellationToken.None);
        await _messages.AppendAsync(transaction, new(_session, MessageRoles.Customer, MessageChannels.Sms, Text) { Media = ["https://media.example/1"] }, CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);

        (await _messages.PageAsync(seeded.Tenant, _session, null, 1, CancellationToken.None)).Single().Content.ShouldBe(Text);
        (await seeded.Database.ScalarAsync<string[]>("SELECT media FROM chat_messages WHERE session_id = $1", _session)).ShouldBe(["https://media.example/1"]);
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a\r\nb\tc", "a\nb\tc")]
    [InlineData("nul\0 bell\u0007 end", "nul bell end")]
    [InlineData("👍", "👍")]
    public void Text_is_cleaned_of_what_cannot_be_stored(string text, string expected) => PlainText.Clean(text).ShouldBe(expected);

    // Not as a theory's data: attributes are stored as UTF-8, which has no form for half a pair.
    [Fact]
    public void Half_of_a_surrogate_pair_is_replaced() => PlainText.Clean("half \uD83D done").ShouldBe("half \uFFFD done");

    private async Task<Guid> OpenAsync(Guid lead)
    {
        await using var transaction = await seeded.Lead.BeginAsync(seeded.Tenant, CancellationToken.None);
        var session = await _sessions.EnsureAsync(transaction, lead, CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
        return session;
    }

    private async Task<AppendedMessage> SayAsync(string text, Guid? clientMessageId = null)
    {
        await using var transaction = await seeded.Lead.BeginAsync(seeded.Tenant, CancellationToken.None);
        var appended = await _messages.AppendAsync(transaction, new(_session, MessageRoles.Customer, MessageChannels.Chat, text) { ClientMessageId = clientMessageId }, CancellationToken.None);
        if (appended.IsNew)
        {
            await transaction.CommitAsync(CancellationToken.None);
        }

        return appended;
    }
}
