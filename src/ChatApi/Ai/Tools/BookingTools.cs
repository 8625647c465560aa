using System.Globalization;
using LeadOrchestrator.ChatApi.Guard;
using LeadOrchestrator.Shared.Appointments;
using LeadOrchestrator.Shared.Catalog;
using LeadOrchestrator.Shared.Hours;
using LeadOrchestrator.Shared.Messages;
using NodaTime;
using NodaTime.Text;

namespace LeadOrchestrator.ChatApi.Ai.Tools;

/// <summary>What the tools of bookings have in common: how a model names a service and a time, and how it is told of them. Pure.</summary>
internal static class BookingTools
{
    /// <summary>Of a service that is named; for a price that goes by the class of the car.</summary>
    public const string ServiceSchema = """
        "service":{"type":"string","description":"The service's name, as in the price list."},"for":{"type":"string","description":"The customer's class of car, as behind the service in the price list, where there is one. Of a service that stands there several times: always."}
        """;

    /// <summary>A time on the shop's wall.</summary>
    public const string TimePattern = "uuuu-MM-dd'T'HH:mm";

    private const int FirstYear = 2000;
    private const int LastYear = 3000;

    private static readonly LocalDateTimePattern Pattern = LocalDateTimePattern.CreateWithInvariantCulture(TimePattern);

    /// <summary>The service that is meant, or why it is not known which.</summary>
    public static (ServiceToBook? Service, string? Why) Find(ToolTurn turn, string? name, string? vehicleClass)
    {
        var offered = turn.Start.Catalog.Where(item => item is { Bookable: true, DurationMinutes: not null }).ToList();
        var named = offered.Where(item => Same(item.Name, name)).ToList();
        if (named.Count == 0)
        {
            named = [.. offered.Where(item => item.VehicleClass is not null && Same(Label(item), name))];
        }

        return OfClass(named, vehicleClass?.Trim(' ', '[', ']')) switch
        {
            [var one] => (Of(turn, one), null),
            [] when named.Count == 0 => (null, $"No such service can be booked here. Those that can: {Names(offered)}."),
            _ => (null, $"The price of this service goes by the class of car. Ask the customer what they drive and give its class as for, such as SUV or sedan; an entry without one is for all others: {Names(named)}."),
        };
    }

    // The entry for a class before the one for all cars. Which car it is decides the price, so where there are several nobody guesses.
    private static List<CatalogItem> OfClass(List<CatalogItem> named, string? vehicleClass)
    {
        if (string.IsNullOrEmpty(vehicleClass))
        {
            return named;
        }

        var whole = named.Where(item => Same(item.VehicleClass, vehicleClass)).ToList();
        var part = whole.Count > 0 ? whole : [.. named.Where(item => item.VehicleClass?.Split('/').Any(one => Same(one, vehicleClass)) == true)];
        return part.Count > 0 ? part : [.. named.Where(item => item.VehicleClass is null)];
    }

    /// <summary>The instant at which the shop's wall shows a time; null when it is none, never shown, or of another age: there is no reckoning at the end of the calendar.</summary>
    /// <param name="timezone">The shop's.</param>
    public static DateTimeOffset? InstantOf(string timezone, string? text) =>
        text is not null && Pattern.Parse(text) is { Success: true, Value.Year: >= FirstYear and < LastYear } parsed && Zone(timezone).MapLocal(parsed.Value) is { Count: > 0 } shown ? shown.First().ToDateTimeOffset().ToUniversalTime() : null;

    /// <summary>A time as the model gives it back, and as people say it.</summary>
    /// <param name="timezone">Its shop's.</param>
    public static object Describe(string timezone, DateTimeOffset time)
    {
        var local = BookingWords.Local(time, timezone);
        return new { StartsAt = Pattern.Format(local), Say = local.ToString("dddd, MMM d 'at' h:mm tt", CultureInfo.InvariantCulture) };
    }

    /// <summary>Why a slot is not to be had, with others.</summary>
    public static ToolResult NotFree(LocationHours hours, BookingResult.NotFree taken) => ToolResult.Refused(new
    {
        Error = $"{BookingWords.Explain(taken.Reason)} Nothing is held.",
        FreeInstead = taken.Alternatives.Select(time => Describe(hours.Timezone, time)).ToList(),
    });

    /// <summary>What a model may say of a slot that is held now.</summary>
    public static ToolResult Held(ToolTurn turn, Appointment held) => ToolResult.Of(new
    {
        Status = $"Held for {(int)Math.Round((held.ExpiresAt!.Value - turn.Now).TotalMinutes)} minutes, not booked yet. {WhereTheyTap(turn, "Confirm")}",
        Service = Prompt.Data(held.ServiceName),
        Time = Describe(turn.Start.Hours.Timezone, held.StartsAt),
        Price = string.Create(CultureInfo.InvariantCulture, $"${held.PriceCents / 100}.{held.PriceCents % 100:00}"),
    }, Deeds.Held) with { Slot = new TakenSlot(held.StartsAt, held.PriceCents, held.ServiceName, IsHeld: true) };

    /// <summary>Where the customer has the card of a booking: who texts has none in front of them, but a link to it.</summary>
    public static string WhereTheyTap(ToolTurn turn, string button) => turn.Start.Begun.Channel == MessageChannels.Sms
        ? $"The customer acts on it by opening the link in this text, which is added to what you write, and tapping {button} there. Ask them to do so, in at most 220 characters."
        : $"The customer sees a card under this chat and acts by tapping {button} there. Ask them to tap it.";

    private static ServiceToBook Of(ToolTurn turn, CatalogItem item) => new(
        turn.Session.TenantId, turn.Start.Conversation.LocationId, item.Id, item.Name, item.PriceCents, TimeSpan.FromMinutes(item.DurationMinutes!.Value), turn.Start.Hours);

    private static bool Same(string? one, string? other) => string.Equals(one?.Trim(), other?.Trim(), StringComparison.OrdinalIgnoreCase);

    private static string Names(IEnumerable<CatalogItem> items) =>
        string.Join("; ", items.Take(20).Select(Label));

    // As the price list has it.
    private static string Label(CatalogItem item) => item.VehicleClass is { } vehicle ? $"{Prompt.Data(item.Name)} [{Prompt.Data(vehicle)}]" : Prompt.Data(item.Name);

    private static DateTimeZone Zone(string timezone) => DateTimeZoneProviders.Tzdb.GetZoneOrNull(timezone) ?? DateTimeZone.Utc;
}
