using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LeadOrchestrator.Orchestrator.Tests.LongestFirst))]

namespace LeadOrchestrator.Orchestrator.Tests;

/// <summary>Classes that take longest begin first, so that none is left alone at the end. The others come in the order in which they would.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Longest =
    [
        "LegalHoursModelTests", "EmailDeliveryTests", "CadenceRoundTests", "CadenceMonthTests", "ShopmonkeyPollerTests", "PacingTests", "LongLookTests", "RegistrationEndpointsTests",
        "VendorAccountsTests", "ShopmonkeyClientTests",
    ];

    /// <inheritdoc />
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : notnull, ITestCollection =>
        [.. testCollections.OrderByDescending(collection => Array.Exists(Longest, name => collection.TestCollectionDisplayName.Contains(name, StringComparison.Ordinal)))];
}
