using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Shared.Phones;

namespace LeadOrchestrator.Orchestrator.Shopmonkey;

/// <summary>What the CRM's rows mean for us. Pure: the webhook and the poller both enter here.</summary>
public static partial class ShopmonkeyMapping
{
    /// <summary>Names of columns in which quote requests arrive, where a shop did not configure its own (seen at live shops; compared without case).</summary>
    public static readonly IReadOnlyList<string> LeadColumnNames = ["Website Leads", "Web Leads", "New Leads", "Leads", "New Quotes", "Quote Requests", "Appointments", "Scheduled"];

    /// <summary>Mark of a test lead in the order's or the customer's name.</summary>
    public const string TestMarker = "[test]";

    /// <summary>Is this order a lead for its shop? Null = yes; otherwise one machine word says why not.</summary>
    /// <param name="columns">The CRM's columns; empty when it shows none, and then the name alone decides.</param>
    public static string? WhyNotALead(OrderRow order, LocationRules rules, IReadOnlyList<WorkflowStatusRow> columns)
    {
        ArgumentNullException.ThrowIfNull(order);
        ArgumentNullException.ThrowIfNull(rules);
        if (order.Deleted == true)
        {
            return "order_deleted";
        }

        if (order.Status != "Estimate")
        {
            return "not_an_estimate";
        }

        if (order.Archived == true || order.Imported == true)
        {
            return order.Archived == true ? "order_archived" : "order_imported";
        }

        if (order.Authorized == true || order.Invoiced == true || order.Paid == true)
        {
            return "order_already_sold";
        }

        return IsLeadColumn(order, rules, columns) || HasLeadName(order, rules) ? null : "not_in_a_lead_column";
    }

    private static bool IsLeadColumn(OrderRow order, LocationRules rules, IReadOnlyList<WorkflowStatusRow> columns) =>
        rules.WorkflowStatusIds is { Length: > 0 } ids
            ? ids.Contains(order.WorkflowStatusId)
            : columns.Any(column => column.Id == order.WorkflowStatusId
                && LeadColumnNames.Contains(column.Name?.Trim(), StringComparer.OrdinalIgnoreCase));

    // A shop that configured its columns means those alone.
    private static bool HasLeadName(OrderRow order, LocationRules rules) =>
        rules.WorkflowStatusIds is not { Length: > 0 } && rules.NamePrefix.Length > 0
        && (order.Name ?? order.CoalescedName ?? "").TrimStart().StartsWith(rules.NamePrefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>The lead that an order is, with whatever is known of the person and the car.</summary>
    public static NewLead ToLead(OrderRow order, CustomerRow? customer, VehicleRow? vehicle, Guid locationId, string timezone, DateTimeOffset receivedAt)
    {
        ArgumentNullException.ThrowIfNull(order);
        var number = customer?.PhoneNumbers?.Where(phone => !string.IsNullOrWhiteSpace(phone.Number)).OrderByDescending(phone => phone.Primary == true).FirstOrDefault();
        var phone = PhoneNumberReader.Read(number?.Number, number?.Type);
        var email = customer?.Emails?.Where(mail => !string.IsNullOrWhiteSpace(mail.Email)).OrderByDescending(mail => mail.Primary == true).FirstOrDefault()?.Email;
        var (first, last) = NameOf(order, customer);
        return new NewLead
        {
            Source = "shopmonkey",
            ExternalId = order.Id,
            ExternalVersion = VersionOf(order),
            ExternalCreatedAt = Earliest(order) ?? receivedAt,
            LocationId = locationId,
            Timezone = timezone,
            FirstName = first,
            LastName = last,
            Phone = phone,
            SaidNoAtTheShop = number?.OptIn == false,
            Email = Clean(email, 320) is { Length: > 2 } address && address.Contains('@', StringComparison.Ordinal) ? address : null,
            Vehicle = VehicleOf(order, vehicle),
            ServiceInterest = InterestOf(order),
            IsTest = IsMarked(order.Name) || IsMarked(order.CoalescedName) || IsMarked($"{first} {last}"),
        };
    }

    /// <summary>The version of an order, by which a late older event is known.</summary>
    public static long VersionOf(OrderRow order)
    {
        ArgumentNullException.ThrowIfNull(order);
        return order.Meta?.Version ?? order.UpdatedDate?.ToUnixTimeMilliseconds() ?? order.CreatedDate?.ToUnixTimeMilliseconds() ?? 0;
    }

    // An import writes old orders with a new createdDate: the older of the two tells how long the person has been waiting.
    private static DateTimeOffset? Earliest(OrderRow order) =>
        order is { OrderCreatedDate: { } a, CreatedDate: { } b } ? (a < b ? a : b) : order.OrderCreatedDate ?? order.CreatedDate;

    private static (string First, string Last) NameOf(OrderRow order, CustomerRow? customer)
    {
        var first = Clean(customer?.FirstName, 100);
        var last = Clean(customer?.LastName, 100);
        if (first.Length + last.Length > 0)
        {
            return (first, last);
        }

        var words = Clean(customer?.CompanyName ?? order.GeneratedCustomerName, 200).Split(' ', 2, StringSplitOptions.RemoveEmptyEntries);
        return (words.ElementAtOrDefault(0) ?? "", words.ElementAtOrDefault(1) ?? "");
    }

    private static string VehicleOf(OrderRow order, VehicleRow? vehicle)
    {
        var year = vehicle?.Year.ValueKind is JsonValueKind.Number or JsonValueKind.String ? vehicle.Year.ToString() : "";
        var known = Clean($"{year} {vehicle?.Make} {vehicle?.Model}", 200);
        return known.Length > 0 ? known : Clean(order.GeneratedVehicleName, 200);
    }

    // "New Quote - Window Tint" → "Window Tint"
    private static string InterestOf(OrderRow order) => Clean(NewQuote().Replace(order.Name ?? order.CoalescedName ?? "", "").Replace(TestMarker, "", StringComparison.OrdinalIgnoreCase), 200);

    private static bool IsMarked(string? text) => text?.Contains(TestMarker, StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>One line of text from the outside: no control characters (PostgreSQL takes no NUL), single spaces, at most so long.</summary>
    public static string Clean(string? text, int length)
    {
        var clean = new StringBuilder(text?.Length ?? 0);
        foreach (var letter in text ?? "")
        {
            clean.Append(char.IsControl(letter) || char.IsSurrogate(letter) || letter is '\u2028' or '\u2029' ? ' ' : letter);
        }

        var line = Spaces().Replace(clean.ToString(), " ").Trim();
        return line.Length > length ? line[..length] : line;
    }

    [GeneratedRegex(@"^\s*new quote\s*[-–:]*\s*", RegexOptions.IgnoreCase)]
    private static partial Regex NewQuote();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
