using System.Globalization;
using LeadOrchestrator.ChatApi.Ai.Tools;
using LeadOrchestrator.ChatApi.Conversations;
using LeadOrchestrator.Shared.Catalog;
using LeadOrchestrator.Shared.Hours;
using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.ChatApi.Tests.Ai;

/// <summary>Which service a model means: what the price depends on is asked and never guessed.</summary>
public sealed class BookingToolsTests
{
    private static readonly DateTimeOffset Monday = new(2026, 11, 23, 16, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("399|499 SUV", "Ceramic tint", "SUV", 499)]
    [InlineData("399|499 SUV", "ceramic tint", "[suv]", 499)]
    [InlineData("399|499 SUV", "Ceramic tint [SUV]", null, 499)]
    [InlineData("399|499 SUV", "Ceramic tint", "Sedan", 399)]
    [InlineData("399|499 SUV", "Ceramic tint", null, null)]
    [InlineData("399|499 SUV", "Ceramic tint", " ", null)]
    [InlineData("499 SUV", "Ceramic tint", null, 499)]
    [InlineData("499 SUV", "Ceramic tint [SUV]", null, 499)]
    [InlineData("499 SUV", "Ceramic tint [SUV]", "SUV", 499)]
    [InlineData("499 SUV", "Ceramic tint", "Sedan", null)]
    [InlineData("399 Sedan/Coupe|499 SUV/Truck", "Ceramic tint", "SUV", 499)]
    [InlineData("399 Sedan/Coupe|499 SUV/Truck", "Ceramic tint", "coupe", 399)]
    [InlineData("399 Sedan/Coupe|499 SUV/Truck", "Ceramic tint", "suv/truck", 499)]
    [InlineData("399 Sedan/Coupe|499 SUV/Truck", "Ceramic tint", "Van", null)]
    [InlineData("399 Sedan/Coupe|499 SUV/Truck", "Ceramic tint", null, null)]
    [InlineData("499 SUV/Truck|459 SUV", "Ceramic tint", "SUV", 459)]
    [InlineData("499 SUV/Truck|459 SUV", "Ceramic tint", "Truck", 499)]
    [InlineData("399", "Ceramic tint", "SUV", 399)]
    [InlineData("399", "Ceramic tint", null, 399)]
    public void A_service_is_found_by_its_name_and_the_class_of_car_and_what_is_not_known_is_asked(string catalog, string name, string? vehicleClass, int? price)
    {
        var items = catalog.Split('|').Select(item => Item(item.Split(' ', 2))).ToList();

        var (service, why) = BookingTools.Find(Turn(items), name, vehicleClass);

        (service?.PriceCents).ShouldBe(price * 100L);
        (why is null).ShouldBe(price is not null, why);
        if (price is null)
        {
            why!.ShouldContain("Ask the customer");
            why!.ShouldContain($"[{items[^1].VehicleClass}]");
        }
    }

    [Fact]
    public void What_nobody_offers_is_refused_with_what_can_be_booked() =>
        BookingTools.Find(Turn([Item(["399"]), Item(["499", "SUV"])]), "Windshield", "SUV").Why.ShouldBe("No such service can be booked here. Those that can: Ceramic tint; Ceramic tint [SUV].");

    private static CatalogItem Item(string[] said) =>
        new(Guid.CreateVersion7(), "Ceramic tint", "", long.Parse(said[0], CultureInfo.InvariantCulture) * 100, 120, true, said.ElementAtOrDefault(1), Monday);

    private static ToolTurn Turn(List<CatalogItem> catalog) => new(
        new SessionKey(Guid.Empty, Guid.Empty), Guid.Empty,
        new AnswerStart(
            new BegunAnswer(Guid.Empty, 1, MessageChannels.Chat, null, null!),
            new Conversation(Guid.Empty, "ai", Guid.Empty, "Ann", "2021 Chevrolet Tahoe", "Tint", Guid.Empty, "Acme Tint Austin", null, "1 Main St", "America/Chicago", 1, 1),
            new LocationHours("America/Chicago", []), catalog, []),
        Monday);
}
