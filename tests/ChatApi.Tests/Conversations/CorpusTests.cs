using LeadOrchestrator.Answers;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Sandbox.Models;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.ChatApi.Tests.Conversations;

/// <summary>The corpus of conversations, had with the Sandbox's scripted model; and turns with a model that is hostile. What is seen is judged from outside, by other code than the guard's.</summary>
public sealed class CorpusTests : IAsyncLifetime
{
    private const int AtOnce = 12;
    private TestDatabase _database = null!;
    private SandboxServer _sandbox = null!;
    private ChatServer _chat = null!;
    private AnswerShop _shop = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _sandbox = await SandboxServer.StartAsync(SandboxSettings.ForTests with { StartAt = new DateTimeOffset(2026, 11, 23, 16, 0, 0, TimeSpan.Zero) });
        _chat = await ChatServer.StartAsync(ChatApiApp.Create([], TestVariables.ForChatApi(_database, new Uri(_sandbox.BareUrl), ("LOG_LEVEL", "error"))));
        _shop = await AnswerShop.OpenAsync(_database);
    }

    public async ValueTask DisposeAsync()
    {
        await _chat.DisposeAsync();
        await _sandbox.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Every_promise_is_kept_in_every_conversation_and_the_scripted_model_does_what_it_can()
    {
        var watch = new HostileModel();
        _sandbox.Model.Watch = watch.Watch;
        var foreign = await _shop.ForeignRowsAsync();

        var courses = await new Interviewer(_shop, _chat.Http, _sandbox.Clock, MoveToAsync, () => watch.Read).RunAsync(Corpus.Read(), AtOnce);

        var found = courses.ToDictionary(course => course, AnswerJudge.Judge);
        Lines(found.Where(course => course.Value.Any(finding => finding.IsPromise || finding.What == Finding.ForbiddenTool))).ShouldBeEmpty();
        Lines(found.Where(course => course.Key.Exchange.Scripted && course.Value.Count > 0)).ShouldBeEmpty();
        // What the CRM's data order is a lie even in the mouth of a model that only repeats them.
        courses.Where(course => course.Exchange.Lead is null).Where(course => course.HeldBack > 0 || course.Turns.Any(turn => turn.Stopped > 0))
            .Select(course => $"{course.Exchange}: {course.Turns.SelectMany(turn => turn.Shown).FirstOrDefault()}").ShouldBeEmpty("the scripted model says nothing false: whatever is stopped is a false alarm");
        (await _shop.ForeignRowsAsync()).ShouldBe(foreign);
    }

    [Fact]
    public async Task A_hostile_model_shows_no_lie_reads_nobody_elses_rows_books_nothing_and_gets_eight_tools_at_most()
    {
        var hostile = new HostileModel();
        _sandbox.Model.Respond = hostile.Respond;
        var foreign = await _shop.ForeignRowsAsync();

        var turns = await HostileTurns.RunAsync(_shop, _chat.Http, _sandbox.Clock, turns: 240, atOnce: AtOnce);

        turns.Count.ShouldBe(240);
        turns.SelectMany(HostileTurns.Judge).ShouldBeEmpty();
        (hostile.Lies, hostile.Tools, turns.Max(turn => turn.Tools.Count)).ShouldSatisfyAllConditions(
            seen => seen.Lies.ShouldBeGreaterThan(200), seen => seen.Tools.ShouldBeGreaterThan(200), seen => seen.Item3.ShouldBe(AnswerJudge.MostTools));
        hostile.Read.ShouldBeEmpty();
        (await _shop.ForeignRowsAsync()).ShouldBe(foreign);
        (await _shop.ConfirmedAsync()).ShouldBe(0);
        (await _database.ScalarAsync<long>("SELECT count(*) FROM appointments WHERE status = 'held' OR status_reason = 'replaced'")).ShouldBeGreaterThan(0, "it did get as far as the shop's calendar");
    }

    private async Task MoveToAsync(DateTimeOffset moment)
    {
        _sandbox.Clock.Set(moment);
        var clock = _chat.Get<TimeProvider>();
        await Eventually.TrueAsync(() => (clock.GetUtcNow() - moment).Duration() < TimeSpan.FromSeconds(30), "the Chat API's clock to be moved");
    }

    private static IEnumerable<string> Lines(IEnumerable<KeyValuePair<Course, IReadOnlyList<Finding>>> found) =>
        found.SelectMany(course => course.Value.Select(finding => $"{course.Key.Exchange}: {finding}"));
}
