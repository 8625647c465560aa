using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LeadOrchestrator.Testing.LongestFirst))]

namespace LeadOrchestrator.Testing;

/// <summary>Part of every test project. Classes that take longest begin first, so that none is left alone at the end. The others come in the order in which they would.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    // Most of the failure tests' time is waiting: for leases that end, for a process that has stood still.
    private static readonly string[] Longest =
    [
        "TextConversation", "Chat", "FrozenOrchestratorTests", "AwayTests", "KilledBookingTests", "KilledImportTests",
        "LegalHoursModelTests", "EmailDeliveryTests", "CadenceRoundTests", "CadenceMonthTests", "ShopmonkeyPollerTests", "PacingTests", "LongLookTests", "RegistrationEndpointsTests",
        "VendorAccountsTests", "ShopmonkeyClientTests",
    ];

    /// <inheritdoc />
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : notnull, ITestCollection =>
        [.. testCollections.OrderByDescending(collection => Array.Exists(Longest, name => collection.TestCollectionDisplayName.Contains(name, StringComparison.Ordinal)))];
}
