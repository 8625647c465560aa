using System.Text.RegularExpressions;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Shared.Tests.Hosting;

/// <summary>What is read for nobody after the start is read to its end.</summary>
public sealed class WordsWarmUpTests
{
    [Fact]
    public async Task A_pattern_whose_compilation_took_too_long_does_not_keep_the_others_unread()
    {
        var read = 0;
        using var warmUp = new WordsWarmUp([() => read++, () => throw new RegexMatchTimeoutException(), () => read++]);

        await warmUp.RunOnceAsync(TestContext.Current.CancellationToken);

        read.ShouldBe(2);
    }
}
