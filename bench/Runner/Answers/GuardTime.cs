using LeadOrchestrator.Answers;
using LeadOrchestrator.Bench.Bed;
using LeadOrchestrator.Bench.Measuring;
using LeadOrchestrator.Sandbox.Models;

namespace LeadOrchestrator.Bench.Answers;

/// <summary>
/// What the guard's reading takes, from outside: an answer of which each sentence has to be judged (prices, hours, the phone) beside one as long that it lets pass word by word, in turns,
/// by a model that takes no time.
/// </summary>
internal static class GuardTime
{
    private const int Pairs = 300;
    private const int WarmUp = 30;

    // A conversation gets no more than 250 answers a day.
    private const int PairsOfOneCustomer = 30;
    private const double MostMilliseconds = 30;
    private const int Sentences = 12;

    private static readonly string Judged = string.Join(' ', Enumerable.Range(0, Sentences / 3).Select(_ =>
        "Full Car Ceramic Tint is $399.00 for a sedan, and the Sunroof is $79.50. We are open on Tuesday from 08:00 to 17:00. You can also call us at (512) 555-0100."));

    private static readonly string Passing = string.Join(' ', Enumerable.Range(0, Sentences / 3).Select(_ =>
        "Ceramic film keeps the cabin cool and dark in a bright summer, and carbon looks rich. The team is kind and knows every car. You are welcome to ask about films."));

    /// <summary>Takes it.</summary>
    public static async Task<IReadOnlyList<ReportLine>> MeasureAsync(FreshProcesses fresh, CancellationToken cancel)
    {
        await using var answers = await AnswersBed.StartAsync(fresh, ChosenModel.Scripted, cancel);
        answers.Sandbox.Model.Respond = call => new ModelAnswer(call.Question.StartsWith("Judged", StringComparison.Ordinal) ? Judged : Passing);
        Visitor? visitor = null;
        List<double> judged = [], passing = [];
        for (var pair = 0; pair < WarmUp + Pairs; pair++)
        {
            if (pair % PairsOfOneCustomer == 0)
            {
                var (_, code) = await answers.Shop.LeadAsync(new LeadData(), answers.Sandbox.Clock.Now);
                visitor = await Visitor.OpenAsync(answers.Chat, code);
            }

            var (one, other) = pair % 2 == 0 ? ("Judged", "Passing") : ("Passing", "Judged");
            foreach (var kind in new[] { one, other })
            {
                var turn = await visitor!.AskAsync($"{kind}, please");
                if (turn.Answer != (kind == "Judged" ? Judged : Passing))
                {
                    throw new BenchException($"The answer was not the model's, so no time is reported: {turn.Answer}");
                }

                if (pair >= WarmUp)
                {
                    (kind == "Judged" ? judged : passing).Add(turn.Took.TotalMilliseconds);
                }
            }
        }

        return
        [
            Line("guard: whole answer, each sentence judged, p95", P95(judged), null),
            Line("guard: whole answer, nothing to judge, p95", P95(passing), null),
            Line("guard: time added per answer, p95", P95(judged) - P95(passing), MostMilliseconds),
        ];
    }

    private static double P95(List<double> values) => values.Order().ElementAt((int)(values.Count * 0.95));

    private static ReportLine Line(string what, double value, double? most) => ReportLine.Promise(AnswersBench.Name, what, "ms", Samples.Rounded(Math.Max(0, value)), most);
}
