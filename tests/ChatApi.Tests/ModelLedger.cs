using System.Globalization;
using System.Text.RegularExpressions;
using LeadOrchestrator.Sandbox;

namespace LeadOrchestrator.ChatApi.Tests;

/// <summary>What the Sandbox's ledger says of a model's call.</summary>
internal static partial class ModelLedger
{
    /// <summary>How many tokens its prompt had.</summary>
    public static long TokensIn(this LedgerEntry entry) => long.Parse(In().Match(entry.Outcome).Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(\d+) tokens in")]
    private static partial Regex In();
}
