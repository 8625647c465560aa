using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Orchestrator.Messaging.Rules;
using LeadOrchestrator.Shared.Phones;

namespace LeadOrchestrator.Orchestrator.Shopmonkey;

/// <summary>What the CRM's rows mean for us. Pure: the webhook and the poller both enter here.</summary>
public static partial class ShopmonkeyMapping
{
    /// <summary>The lead that an order is, with whatever is known of the person and the car.</summary>
    /// <param name="testMarker">What marks a test lead in the order's or the customer's name.</param>
    public static NewLead ToLead(
        OrderRow order, CustomerRow? customer, VehicleRow? vehicle, Guid locationId, string timezone, DateTimeOffset receivedAt,
        string testMarker = LocationRules.UsualTestMarker)
    {
        ArgumentNullException.ThrowIfNull(order);
        var person = customer is null ? CustomerFacts.Nobody : ToFacts(customer);
        var (first, last) = person.HasName ? (person.FirstName, person.LastName) : Split(order.GeneratedCustomerName);
        return new NewLead
        {
            Source = "shopmonkey",
            ExternalId = order.Id,
            ExternalVersion = VersionOf(order),
            ExternalCreatedAt = Earliest(order) ?? receivedAt,
            ExternalCustomerId = IdOf(order.CustomerId),
            ExternalCustomerVersion = customer is null ? 0 : VersionOf(customer),
            ExternalVehicleId = IdOf(order.VehicleId),
            ExternalVehicleVersion = vehicle is null ? 0 : VersionOf(vehicle),
            LocationId = locationId,
            Timezone = timezone,
            FirstName = first,
            LastName = last,
            Phone = person.Phone,
            SaidNoAtTheShop = person.SaidNoAtTheShop,
            Email = person.Email,
            SaidNoToEmails = person.SaidNoToEmails,
            IsCustomerUnread = customer is null,
            AddressState = person.State,
            Vehicle = ToText(vehicle) is { Length: > 0 } known ? known : Clean(order.GeneratedVehicleName, 200),
            ServiceInterest = InterestOf(order, testMarker),
            IsTest = LocationRules.IsTest(testMarker, order.Name, order.CoalescedName, $"{first} {last}"),
        };
    }

    /// <summary>An id of another row, or null when it is none that anything could have.</summary>
    public static string? IdOf(string? id) => id is { Length: > 0 and <= 64 } && !id.Any(char.IsControl) ? id : null;

    /// <summary>A person as the CRM knows them: a number that takes texts before one that can be read before any other, the primary one first; the first address that mail could be sent to.</summary>
    public static CustomerFacts ToFacts(CustomerRow customer)
    {
        ArgumentNullException.ThrowIfNull(customer);
        var (row, phone) = NumberOf(customer.PhoneNumbers);
        var mail = customer.Emails?.Where(mail => mail is not null).OrderByDescending(mail => mail.Primary == true).FirstOrDefault(mail => EmailAddress.Read(Clean(mail.Email, 320)) is not null);
        var (first, last) = (Clean(customer.FirstName, 100), Clean(customer.LastName, 100));
        if (first.Length + last.Length == 0)
        {
            (first, last) = Split(customer.CompanyName);
        }

        return new CustomerFacts(
            first, last, phone, row?.OptIn == false || SaidNoAtAll(customer.PhoneNumbers),
            mail is null ? null : Clean(mail.Email, 320), TextingRules.Current.CodesOf(customer.State, customer.PostalCode))
        {
            SaidNoToEmails = mail?.Subscribed == false,
        };
    }

    private static (PhoneRow? Row, Phone Phone) NumberOf(IReadOnlyList<PhoneRow>? numbers) => (numbers ?? [])
        .Where(row => !string.IsNullOrWhiteSpace(row?.Number)).Select(row => (Row: (PhoneRow?)row, Phone: PhoneNumberReader.Read(row.Number, row.Type)))
        .OrderByDescending(one => PhoneTypes.TakesTexts(one.Phone.Type)).ThenByDescending(one => one.Phone.E164 is not null).ThenByDescending(one => one.Row!.Primary == true)
        .FirstOrDefault((Row: null, Phone: PhoneNumberReader.Read(null)));

    // Whoever said no at their first number did not mean: text my other one.
    private static bool SaidNoAtAll(IReadOnlyList<PhoneRow>? numbers) => numbers?.Any(row => row is { Primary: true, OptIn: false }) == true;

    /// <summary>A car in a few words; empty when nothing is known of it.</summary>
    public static string ToText(VehicleRow? vehicle)
    {
        var year = vehicle?.Year.ValueKind is JsonValueKind.Number or JsonValueKind.String ? vehicle.Year.ToString() : "";
        return Clean($"{year} {vehicle?.Make} {vehicle?.Model}", 200);
    }

    /// <summary>The version of a row, by which a late older event is known: the CRM's own number, else the milliseconds of its last change.</summary>
    public static long VersionOf(ICrmRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return row.Meta?.Version ?? row.UpdatedDate?.ToUnixTimeMilliseconds() ?? row.CreatedDate?.ToUnixTimeMilliseconds() ?? 0;
    }

    // An import writes old orders with a new createdDate: the older of the two tells how long the person has been waiting.
    private static DateTimeOffset? Earliest(OrderRow order) =>
        order is { OrderCreatedDate: { } a, CreatedDate: { } b } ? (a < b ? a : b) : order.OrderCreatedDate ?? order.CreatedDate;

    private static (string First, string Last) Split(string? name)
    {
        var words = Clean(name, 200).Split(' ', 2, StringSplitOptions.RemoveEmptyEntries);
        return (words.ElementAtOrDefault(0) ?? "", words.ElementAtOrDefault(1) ?? "");
    }

    // "New Quote - Window Tint" → "Window Tint"
    private static string InterestOf(OrderRow order, string testMarker) =>
        Clean(NewQuote().Replace(order.Name ?? order.CoalescedName ?? "", "").Replace(testMarker, "", StringComparison.OrdinalIgnoreCase), 200);

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
