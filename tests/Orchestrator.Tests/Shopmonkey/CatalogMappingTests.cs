using LeadOrchestrator.Orchestrator.Shopmonkey;

namespace LeadOrchestrator.Orchestrator.Tests.Shopmonkey;

public sealed class CatalogMappingTests
{
    private static readonly CannedServiceRow Tint = new() { Id = "s1", LocationId = "austin", Name = " Full Car\u0000 Tint ", Note = "Ceramic", TotalCents = 41000, FixedPriceCents = 39900, Bookable = true, Labors = [new() { Hours = 1.5m }, new() { Hours = 0.26m }] };

    [Fact]
    public void A_fixed_price_goes_before_the_total_and_hours_become_minutes()
    {
        var service = CatalogMapping.ToService(Tint)!;

        (service.Name, service.Description, service.PriceCents, service.DurationMinutes, service.Bookable, service.VehicleClass).ShouldBe(("Full Car Tint", "Ceramic", 39900L, 106, true, null));
        CatalogMapping.ToService(Tint with { FixedPriceCents = null })!.PriceCents.ShouldBe(41000);
    }

    [Theory]
    [InlineData("LineItem", 0L, 45000L, 45000L)]
    [InlineData("lineitem", 29900L, 45000L, 45000L)]
    [InlineData("LineItem", 29900L, 0L, null)]
    [InlineData("LineItem", 29900L, null, null)]
    [InlineData("FixedPrice", 29900L, 45000L, 29900L)]
    public void A_service_priced_by_its_lines_costs_their_total_whatever_its_fixed_price_says(string pricing, long? fixedPrice, long? total, long? price)
    {
        var row = Tint with { Pricing = pricing, FixedPriceCents = fixedPrice, TotalCents = total };

        (CatalogMapping.ToService(row)?.PriceCents).ShouldBe(price);
        CatalogMapping.SaysPrice(row).ShouldBe(price is not null || total is not null);
    }

    [Fact]
    public void What_a_row_does_not_say_is_not_taken_for_no()
    {
        var service = CatalogMapping.ToService(Tint with { Labors = null, Bookable = null })!;

        service.KnowsDuration.ShouldBeFalse();
        service.Bookable.ShouldBeNull();
        CatalogMapping.ToService(Tint with { Labors = [] })!.ShouldSatisfyAllConditions(empty => empty.KnowsDuration.ShouldBeTrue(), empty => empty.DurationMinutes.ShouldBeNull());
    }

    [Fact]
    public void What_cannot_be_offered_is_none()
    {
        CatalogMapping.ToService(Tint with { Deleted = true }).ShouldBeNull();
        CatalogMapping.ToService(Tint with { Name = " \u0001 " }).ShouldBeNull();
        CatalogMapping.ToService(Tint with { FixedPriceCents = null, TotalCents = null }).ShouldBeNull();
        CatalogMapping.ToService(Tint with { FixedPriceCents = null, TotalCents = 0 }).ShouldBeNull("its parts have no prices yet");
        CatalogMapping.ToService(Tint with { FixedPriceCents = 0, TotalCents = 0 })!.PriceCents.ShouldBe(0);
        CatalogMapping.ToService(Tint with { FixedPriceCents = -1 }).ShouldBeNull();
        CatalogMapping.ToService(Tint with { FixedPriceCents = long.MaxValue }).ShouldBeNull();
        CatalogMapping.ToService(Tint with { FixedPriceCents = 0 })!.PriceCents.ShouldBe(0);
    }

    [Fact]
    public void Senseless_hours_of_work_are_bounded()
    {
        CatalogMapping.ToService(Tint with { Labors = [new() { Hours = decimal.MaxValue }, new() { Hours = decimal.MaxValue }] })!.DurationMinutes.ShouldBe(1440);
        CatalogMapping.ToService(Tint with { Labors = [new() { Hours = -5 }, null!, new() { Hours = null }] })!.DurationMinutes.ShouldBeNull();
    }

    [Theory]
    [InlineData("Full SUV Ceramic Tint", "SUV")]
    [InlineData("Trucks and vans", "Truck/Van")]
    [InlineData("Coupe / Sedan Carbon", "Sedan/Coupe")]
    [InlineData("sedan", "Sedan")]
    [InlineData("Full Car Ceramic Tint", null)]
    [InlineData("Sedan or SUV", null)] // both classes: for all
    [InlineData("Everything except trucks", null)]
    [InlineData("Non-SUV tint", null)]
    [InlineData("All SUVs and sedans", null)]
    [InlineData("Vanity lights", null)] // a word that only begins like one
    [InlineData("Advanced film", null)]
    public void A_class_of_vehicles_is_taken_from_a_name_only_when_it_says_one(string name, string? vehicleClass) => CatalogMapping.VehicleClassOf(name).ShouldBe(vehicleClass);

    [Fact]
    public void The_version_is_the_CRMs_number_else_the_date_of_the_last_change()
    {
        var (created, updated) = (new DateTimeOffset(2026, 1, 5, 15, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 2, 5, 15, 0, 0, TimeSpan.Zero));
        CatalogMapping.VersionOf(Tint).ShouldBe(0);
        CatalogMapping.VersionOf(Tint with { CreatedDate = created }).ShouldBe(created.ToUnixTimeMilliseconds());
        CatalogMapping.VersionOf(Tint with { CreatedDate = created, UpdatedDate = updated }).ShouldBe(updated.ToUnixTimeMilliseconds());
        CatalogMapping.VersionOf(Tint with { UpdatedDate = updated, Meta = new() { Version = 7 } }).ShouldBe(7);
    }

    [Theory]
    [InlineData("austin", true)]
    [InlineData("phoenix", false)]
    public void A_service_is_of_its_shop_and_without_one_of_all(string shop, bool isOf)
    {
        CatalogMapping.IsOf(Tint, shop).ShouldBe(isOf);
        CatalogMapping.IsOf(Tint with { LocationId = null }, shop).ShouldBeTrue();
        CatalogMapping.IsOf(Tint with { LocationId = "" }, shop).ShouldBeTrue();
    }

    [Theory]
    [InlineData("s1", true)]
    [InlineData("", false)]
    [InlineData("a\u0000b", false)]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345", false)]
    public void A_row_without_an_id_that_can_be_stored_is_no_service(string id, bool hasId) => CatalogMapping.HasId(Tint with { Id = id }).ShouldBe(hasId);
}
