using LeadOrchestrator.ChatApi.Guard;

namespace LeadOrchestrator.ChatApi.Tests.Guard;

/// <summary>Whether a sentence is a lie depends on what was done and what the shop is: each of the lists' sentences stands with its situation.</summary>
public sealed class GuardSituationTests
{
    private const int Seed = 20261130;

    [Fact]
    public void What_is_true_in_its_situation_goes_out_however_it_is_cut()
    {
        var random = new Random(Seed);
        var stopped = Sayings("situations-true.txt").SelectMany(saying => Ways(saying.Text, random).Select(pieces => (saying, Passage.Of(saying.Facts, pieces).Violation)))
            .Where(each => each.Violation is not null).Select(each => $"{each.Violation!.Kind}: {each.saying.Text}").Distinct().ToList();

        stopped.ShouldBeEmpty(string.Join('\n', stopped));
    }

    [Fact]
    public void What_is_false_in_its_situation_is_stopped_and_what_was_seen_of_it_says_nothing_false()
    {
        var random = new Random(Seed);
        List<string> missed = [];
        foreach (var saying in Sayings("situations-false.txt"))
        {
            foreach (var passage in Ways(saying.Text, random).Select(pieces => Passage.Of(saying.Facts, pieces)))
            {
                if (passage.Violation is null || Passage.Of(saying.Facts, [passage.Shown]).Violation is not null)
                {
                    missed.Add($"{saying.Text} | {passage.Shown}");
                }
            }
        }

        missed.ShouldBeEmpty(string.Join('\n', missed));
    }

    private static IEnumerable<(TruthFacts Facts, string Text)> Sayings(string file) =>
        Corpus.Lines(file).Select(line => line.Split(" | ", 2)).Select(parts => (GuardSituations.Of(parts[0]), parts[1]));

    // In pieces, at once, letter by letter, and with something said behind it.
    private static IEnumerable<IEnumerable<string>> Ways(string text, Random random) => [Passage.Pieces(text, random), [text], text.Select(character => character.ToString()), Passage.Pieces(text + " Anything else I can do?", random)];
}
