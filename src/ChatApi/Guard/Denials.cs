using System.Text.RegularExpressions;

namespace LeadOrchestrator.ChatApi.Guard;

/// <summary>What denies, and what only sounds like it: one notion for all that judge a sentence.</summary>
internal static partial class Denials
{
    /// <summary>The text without its friendly openers: "No problem, I booked it" says that it is booked, and "Like you asked, …" as well.</summary>
    public static string WithoutOpeners(string text) => Opener().Replace(text, "");

    /// <summary>Is what stands here denied by its own clause? In "No, we're open 24/7" it is not.</summary>
    public static bool Deny(string text, int at)
    {
        var (from, until) = (0, text.Length);
        foreach (Match start in Clause().Matches(text))
        {
            (from, until) = start.Index <= at ? (start.Index, until) : (from, Math.Min(until, start.Index));
        }

        return Denial().IsMatch(text[from..until]);
    }

    /// <summary>Is anything denied?</summary>
    public static bool In(string text) => Denial().IsMatch(text);

    [GeneratedRegex("""
        \b(?:(?:no|zero)\s+(?:problem(?:o|a)?|worries|sweat|rush|doubt(?!s)|joke|kidding|wait(?!\s+(?:for|time|list|until|at|on|in|is))|biggie|trouble|stress|prob|hay\s+(?:ningún\s+)?problema|(?:se|te)\s+preocupes?|(?:se|te)\s+apures?|hay\s+(?:cuidado|de\s+qué))(?:\s+(?:at\s+all|whatsoever|alguno))?
        |not\s+a\s+problem|not\s+to\s+worry|(?:don't|do\s+not)\s+(?:you\s+)?worry(?!\s+(?:about|that|if|over))|no\s+need\s+to\s+(?:hurry|worry|rush|stress)|why\s+not(?=,)|cómo\s+no(?=[,.!])|(?:could|can)(?:n't|\s+not)\s+be\s+(?:easier|simpler|better)
        |once\s+again|(?:once\s+more|until\s+then|before\s+you\s+ask|before\s+anything\s+else|after\s+all|si\s+no\s+me\s+equivoco|antes\s+(?:de|que)\s+(?:nada|todo))(?=,)
        |(?:after\s+(?:checking(?!\s+(?:in|out)\b)|a\s+quick\s+(?:look|check)|looking)|después\s+de\s+(?:revisar|verificar|consultar))(?:\s+(?!(?:mon|tues|wednes|thurs|fri|satur|sun)day)[\p{L}']+){0,4}(?=,)
        |(?:can|will)\s+do(?=\s*[,.!;–])|without\s+further\s+ado|before\s+i\s+forget|if\s+you(?:'re|\s+are)\s+(?:wondering|curious)|(?:like|as)\s+(?:you|we)\s+(?:asked|wanted|requested|said|discussed|agreed|wished)(?=,))\b[,;:–\s]*
        |^\W*(?:(?:oh|wow)[,!]?\s+)?(?:how|what\s+an?)\s+(?!about\b|come\b)(?![^,]*\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|today|tonight|tomorrow|weekends?)\b)(?:[\p{L}']+\s+){0,2}[\p{L}']+(?<!\b(?:is|are|much|many|long))\s*,\s*(?=(?:i|i've|i'm|we|we've|you|you're|your|it|it's|the|that's)\b)
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.IgnoreCase)]
    private static partial Regex Opener();

    // Where somebody begins to say something else; the days of a list do not.
    [GeneratedRegex(@"[;:.!?–]\s|,\s+(?:(?:but|and|so|pero|y)\s+)?(?:i|i've|we|we're|we've|our|the|it|it's|they|you|you're|this|that|that's|abrimos|atendemos|estamos|trabajamos|nunca|siempre|el|la)\b|\b(?:but|pero)\b")]
    private static partial Regex Clause();

    [GeneratedRegex(@"n't\b|\bnot\b|\bno\b")]
    private static partial Regex Denial();
}
