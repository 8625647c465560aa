namespace LeadOrchestrator.ChatApi.Guard;

/// <summary>Something that an answer may not say.</summary>
/// <param name="Kind">One of <see cref="ViolationKinds"/>.</param>
/// <param name="Evidence">The sentence as the model wrote it, cut to what a person reads at a glance.</param>
public sealed record Violation(string Kind, string Evidence);

/// <summary>What can be wrong with an answer.</summary>
public static class ViolationKinds
{
    /// <summary>An amount of money that is no price of this shop.</summary>
    public const string Price = "price";

    /// <summary>Something is called free that the shop does not list for nothing.</summary>
    public const string Free = "free";

    /// <summary>A discount, or a share of a price.</summary>
    public const string Discount = "discount";

    /// <summary>Something is said to be done that is not.</summary>
    public const string Deed = "deed";

    /// <summary>Opening hours that are not the shop's.</summary>
    public const string Hours = "hours";

    /// <summary>A phone number, an address or an email that is not the shop's.</summary>
    public const string Contact = "contact";

    /// <summary>A link to somebody else's page.</summary>
    public const string Link = "link";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Price, Free, Discount, Deed, Hours, Contact, Link];
}

/// <summary>What has been done in a conversation: each has a committed row.</summary>
[Flags]
public enum Deeds
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>An appointment stands.</summary>
    Booked = 1,

    /// <summary>A slot is held.</summary>
    Held = 2,

    /// <summary>An appointment was cancelled.</summary>
    Cancelled = 4,

    /// <summary>A text or email has left for this customer.</summary>
    Sent = 8,

    /// <summary>Staff have been told that the customer wants a person.</summary>
    StaffTold = 16,

    /// <summary>The customer is not written to any more.</summary>
    OptedOut = 32,

    /// <summary>An appointment was moved.</summary>
    Moved = 64,
}
