namespace LeadOrchestrator.Orchestrator.Shopmonkey;

/// <summary>Why Shopmonkey did not give what was asked.</summary>
public enum ShopmonkeyFailure
{
    /// <summary>It, its edge or the way to it is down or busy: it will be better later.</summary>
    Outage,

    /// <summary>The key is not valid, or may not see this: better when a person has mended the key.</summary>
    Denied,

    /// <summary>It will hardly be better: the question was wrong, or the answer cannot be read.</summary>
    Refused,
}

/// <summary>Shopmonkey did not give what was asked. The message is a code; it holds no data.</summary>
/// <param name="retryAfter">What the CRM asked us to wait.</param>
public sealed class ShopmonkeyException(string code, ShopmonkeyFailure failure, TimeSpan? retryAfter) : Exception(code)
{
    /// <summary>What kind of failure it is.</summary>
    public ShopmonkeyFailure Failure { get; } = failure;

    /// <summary>What the CRM asked us to wait, if it did.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;
}
