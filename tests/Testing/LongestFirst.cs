using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LeadOrchestrator.Testing.LongestFirst))]

namespace LeadOrchestrator.Testing;

/// <summary>Part of every test project. Classes that take longest begin first, so that none is left alone at the end. The others come in the order in which they would.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    // In this order. Most of the failure tests' time is waiting: for leases that end, for a process that has stood still; what their fixtures take is in no test's time.
    private static readonly string[] Longest =
    [
        "TextConversation", "KilledOrchestrator", "Chat system", "FrozenOrchestratorTests", "VendorFaults", "AwayTests", "KilledBookingTests", "KilledImportTests",
        "TextAnswerTests", "TruthGuardTests", "BurstTests",
        "LegalHoursModelTests", "AuthEndpointsTests", "EmailDeliveryTests", "CadenceRoundTests", "CadenceMonthTests", "ShopmonkeyPollerTests", "PacingTests", "CrmRefusalTests",
        "CrmCalendarTests", "TenantReconcileTests", "LongLookTests", "RegistrationEndpointsTests", "LeadRuleEndpointsTests", "MissedTextsTests", "DatabaseAwayTests",
        "VendorAccountsTests", "ShopmonkeyClientTests",
        "SandboxFaultsTests", "SandboxAccessibilityTests",
    ];

    /// <inheritdoc />
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : notnull, ITestCollection =>
        [.. testCollections.OrderBy(PlaceOf)];

    private static int PlaceOf<TTestCollection>(TTestCollection collection)
        where TTestCollection : notnull, ITestCollection =>
        Array.FindIndex(Longest, name => collection.TestCollectionDisplayName.Contains(name, StringComparison.Ordinal)) is >= 0 and var place ? place : Longest.Length;
}
