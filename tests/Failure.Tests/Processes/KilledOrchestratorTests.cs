using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Failure.Tests.Processes;

/// <summary><c>kill -9</c> between any two steps: nobody is lost, nobody gets two texts.</summary>
public sealed class KilledOrchestratorTests(KilledOrchestrators killed) : IClassFixture<KilledOrchestrators>
{
    private const int BySigkill = 128 + 9;

    // Between the commit of the hand-over and Twilio's ears: nobody can know whether it went out, so it is looked for, and never sent by guess.
    private static readonly string[] BeforeTwilioHears = [Failpoint.AttemptCommitted, Failpoint.RequestConnecting, Failpoint.RequestWritten];

    public static TheoryData<string> Points => [.. KilledOrchestrators.Points];

    [Theory]
    [MemberData(nameof(Points))]
    public void An_Orchestrator_that_dies_there_loses_nobody_and_texts_nobody_twice(string point)
    {
        var scene = killed.SceneOf(point);

        scene.ExitCode.ShouldBe(BySigkill);
        scene.Phones.Where(phone => killed.Rig.Sandbox.Twilio.SentTo(phone).Count > 1).ShouldBeEmpty();
    }

    [Fact]
    public void Twilios_ledger_and_the_database_agree_after_all_of_it()
    {
        killed.Verdict.Problems.ShouldBeEmpty();
        killed.Verdict.Undecided.Count.ShouldBeLessThanOrEqualTo(BeforeTwilioHears.Sum(point => killed.SceneOf(point).Phones.Count));
        killed.Verdict.Texts.ShouldBe(killed.Verdict.Leads - killed.Verdict.Undecided.Count);
        killed.Verdict.Leads.ShouldBe(KilledOrchestrators.Points.Sum(point => killed.SceneOf(point).Phones.Count));
    }

    [Fact]
    public async Task An_opt_out_whose_process_died_before_its_answer_is_kept_and_no_text_follows()
    {
        var phone = killed.SceneOf(Failpoint.OptOutCommitted).Phones[^1];
        (await killed.Rig.Postgres.ScalarAsync<bool>("SELECT opted_out_at IS NOT NULL FROM contacts WHERE phone = $1", phone)).ShouldBeTrue();

        var again = await killed.QuoteAsync(phone);

        await killed.TouchAsync(again.OrderId, TimeSpan.FromSeconds(60), "suppressed");
        killed.Rig.Sandbox.Ledger.Of(Vendor.Twilio, "messages.create").Count(call => call.Request?["To"]?.ToString() == phone).ShouldBe(1, "no other call may begin, also none that is refused");
    }
}
