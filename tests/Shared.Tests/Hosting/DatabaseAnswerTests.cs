using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Shared.Tests.Hosting;

/// <summary>Many ask whether the database answers; each gets an answer of after its question.</summary>
public sealed class DatabaseAnswerTests
{
    private readonly List<TaskCompletionSource<bool>> _questions = [];
    private readonly DatabaseAnswer _answer;

    public DatabaseAnswerTests() => _answer = new DatabaseAnswer(() =>
    {
        lock (_questions)
        {
            _questions.Add(new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously));
            return _questions[^1].Task;
        }
    });

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_asks_during_a_question_shares_the_next_one()
    {
        var first = _answer.AskAsync(Cancel);
        await AskedAsync(1);
        var later = Enumerable.Range(0, 30).Select(_ => _answer.AskAsync(Cancel)).ToList();
        _questions[0].SetResult(true);
        (await first).ShouldBeTrue();

        await AskedAsync(2);
        later.ShouldAllBe(asker => !asker.IsCompleted);
        _questions[1].SetResult(false);
        (await Task.WhenAll(later)).ShouldAllBe(answer => !answer);
        _questions.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Every_question_to_an_idle_database_is_a_new_one()
    {
        for (var time = 1; time <= 3; time++)
        {
            var asked = _answer.AskAsync(Cancel);
            await AskedAsync(time);
            _questions[^1].SetResult(time != 2);
            (await asked).ShouldBe(time != 2);
        }
    }

    [Fact]
    public async Task A_failure_is_a_no_and_the_next_question_is_asked_all_the_same()
    {
        var asked = _answer.AskAsync(Cancel);
        await AskedAsync(1);
        _questions[0].SetException(new Npgsql.NpgsqlException("away"));
        (await asked).ShouldBeFalse();

        var again = _answer.AskAsync(Cancel);
        await AskedAsync(2);
        _questions[1].SetResult(true);
        (await again).ShouldBeTrue();
    }

    [Fact]
    public async Task Silence_is_a_no_and_is_not_waited_for_twice()
    {
        (await _answer.AskAsync(Cancel)).ShouldBeFalse();

        var again = _answer.AskAsync(Cancel);
        await AskedAsync(2);
        _questions[1].SetResult(true);
        (await again).ShouldBeTrue();
    }

    private Task AskedAsync(int times) => Eventually.TrueAsync(() => _questions.Count == times, $"{times} questions");
}
