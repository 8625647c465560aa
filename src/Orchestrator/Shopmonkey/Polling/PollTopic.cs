namespace LeadOrchestrator.Orchestrator.Shopmonkey.Polling;

/// <summary>A table of the CRM and the date by which it is looked at.</summary>
/// <param name="Field"><c>createdDate</c> or <c>updatedDate</c>: the latter is null until the first change, so new rows need the former.</param>
public sealed record PollTopic(string Table, string Field)
{
    /// <summary>Everything that is polled. New customers and vehicles come with their orders.</summary>
    public static readonly IReadOnlyList<PollTopic> All =
    [
        new("order", "createdDate"), new("order", "updatedDate"), new("customer", "updatedDate"), new("appointment", "createdDate"), new("appointment", "updatedDate"),
        new("vehicle", "updatedDate"), new("canned_service", "createdDate"), new("canned_service", "updatedDate"),
    ];

    /// <summary>The one that finds every order there is.</summary>
    public static readonly PollTopic NewOrders = All[0];

    /// <summary>The one that finds every appointment there is.</summary>
    public static readonly PollTopic NewAppointments = All[3];

    private static readonly IReadOnlyList<string> WithOrders = ["customer", "vehicle"];

    /// <summary>As it stands in <c>poll_marks</c>: order.createdDate.</summary>
    public string Name => $"{Table}.{Field}";

    /// <summary>What comes along with its rows.</summary>
    public IReadOnlyList<string> Include => Table == "order" ? WithOrders : [];

    /// <summary>The question for a window.</summary>
    public CrmQuestion Question(Window window, int skip) => new(Table, window.Where(Field), $$"""{"{{Field}}":"asc"}""", skip, Include: Include);
}
