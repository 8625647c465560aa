using System.Diagnostics;
using LeadOrchestrator.Bench.Measuring;
using LeadOrchestrator.Rig;

namespace LeadOrchestrator.Bench.Chaos;

/// <summary>
/// The chat's half of <c>chaos</c>: answers whose line is cut after every fifth event and taken up again on the other Chat API, and answers
/// whose Chat API is killed. What the browsers were shown is compared with what is stored.
/// </summary>
internal static class ChatChaos
{
    private const string Bench = "chaos";
    private const int Answers = 60;
    private const int AtOnce = 20;
    private const int EveryFrames = 5;
    private const int Kills = 20;
    private const int AnswersPerKill = 2;
    private const int MostFramesBeforeKill = 25;
    private const double PromisedSeconds = 5;
    private const int LongAnswers = 5;
    private static readonly string Script = string.Concat(Enumerable.Range(1, 60).Select(number => $"Word {number} is said. "));
    private static readonly string LongScript = string.Concat(Enumerable.Range(1, 300).Select(number => $"Word{number} "));

    /// <summary>Runs both.</summary>
    public static async Task<IReadOnlyList<ReportLine>> RunAsync(CancellationToken cancel)
    {
        await using var rig = await TestRig.StartAsync(new RigOptions { Orchestrators = 1 });
        rig.Sandbox.Model.TokenDelay = TimeSpan.FromMilliseconds(10);
        var cut = await CutAsync(rig, Script, Answers, EveryFrames, $"answers cut after every {EveryFrames}th event and resumed on the other instance", cancel);
        var longCut = await CutAsync(rig, LongScript, LongAnswers, 1, "answers of 300 numbered words, cut after every event and resumed on the other instance", cancel);
        return [.. cut, .. longCut, .. await KillAsync(rig, cancel)];
    }

    private static async Task<IReadOnlyList<ReportLine>> CutAsync(TestRig rig, string script, int answers, int everyFrames, string what, CancellationToken cancel)
    {
        rig.Sandbox.Model.Script = script;
        var (torn, frames, done) = (0, 0, 0);
        foreach (var batch in Enumerable.Range(0, answers).Chunk(AtOnce))
        {
            cancel.ThrowIfCancellationRequested();
            var customers = await ChatCustomer.OpenAsync(rig, batch.Length);
            var ends = await Task.WhenAll(customers.Select((customer, index) =>
                customer.AskCutAsync(everyFrames, rig.ChatApis[index % 2].Url, rig.ChatApis[1 - (index % 2)].Url)));
            foreach (var (customer, end) in customers.Zip(ends))
            {
                var isWhole = end.Type == "answer.completed" && customer.Said(end.MessageId) == script;
                torn += isWhole && !await IsWrongAsync(customer) ? 0 : 1;
                frames += customer.Seen.Count;
                done++;
            }
        }

        Benchmarks.Say($"chaos: {done} {what}, {frames} events; torn {torn}");
        return [Line(what, "count", done, null), Line($"… events of {what}", "count", frames, null), Line($"… with a gap, a repeat or another text than stored, of {what}", "count", torn, 0)];
    }

    private static async Task<IReadOnlyList<ReportLine>> KillAsync(TestRig rig, CancellationToken cancel)
    {
        rig.Sandbox.Model.Script = Script;
        var told = new List<double>();
        var (wrong, silent) = (0, 0);
        for (var kill = 0; kill < Kills; kill++)
        {
            cancel.ThrowIfCancellationRequested();
            var (victim, other) = (rig.ChatApis[kill % 2], rig.ChatApis[1 - (kill % 2)]);
            await victim.ReadyAsync();
            var customers = await ChatCustomer.OpenAsync(rig, AnswersPerKill);
            var lines = await Task.WhenAll(customers.Select(customer => customer.AskAsync(victim.Url)));
            var left = Random.Shared.Next(1, MostFramesBeforeKill);
            await lines[0].UntilAsync(_ => --left == 0);
            var killed = Stopwatch.GetTimestamp();
            await victim.KillAsync();
            await victim.LaunchAsync();
            await Task.WhenAll(customers.Zip(lines, async (customer, line) =>
            {
                using (line)
                {
                    await line.ToEndAsync();
                }

                var hadBegun = customer.Seen.Any(frame => frame.Type == "answer.started");
                var end = await customer.FinishAsync(other.Url);
                var after = Stopwatch.GetElapsedTime(killed).TotalSeconds;
                // Killed between the question and its answer: there is nothing to interrupt, and the other one says all of it.
                var isRight = (end.Type == "answer.interrupted" ? Script.StartsWith(customer.Said(end.MessageId), StringComparison.Ordinal)
                    : !hadBegun && end.Type == "answer.completed" && customer.Said(end.MessageId) == Script) && !await IsWrongAsync(customer);
                // Asked without a word of an answer: the other answers by itself, and then the next question.
                if (customer.Said(end.MessageId).Length == 0)
                {
                    await customer.FinishAsync(other.Url);
                }

                var isAnswered = (await customer.AskToEndAsync(other.Url, "And when are you open?")).Type == "answer.completed";
                lock (told)
                {
                    if (end.Type == "answer.interrupted")
                    {
                        told.Add(after);
                    }

                    wrong += isRight ? 0 : 1;
                    silent += isAnswered ? 0 : 1;
                }
            }));
        }

        Benchmarks.Say($"chaos: {Kills} kills of the generating Chat API; told after {told.Order().ElementAt(told.Count / 2):0.00} s, at most {told.Max():0.00} s");
        return
        [
            Line("kill -9 of the Chat API that generates", "count", Kills, null),
            Line("… answers with another text than stored, or none called interrupted", "count", wrong, 0),
            Line("… next questions without an answer", "count", silent, 0),
            Line("… told at the other instance, median", "s", Math.Round(told.Order().ElementAt(told.Count / 2), 2), null),
            Line("… told at the other instance, longest", "s", Math.Round(told.Max(), 2), PromisedSeconds),
        ];
    }

    private static async Task<bool> IsWrongAsync(ChatCustomer customer)
    {
        var problems = await customer.ProblemsAsync();
        foreach (var problem in problems)
        {
            Benchmarks.Say($"chaos: {problem}");
        }

        return problems.Count > 0;
    }

    private static ReportLine Line(string what, string unit, double value, double? most) => new(Bench, what, unit, value, null, most, null, null, null, 1)
    {
        Note = most is null ? "" : value <= most ? "kept" : "BROKEN",
        IsBroken = value > most,
    };
}
