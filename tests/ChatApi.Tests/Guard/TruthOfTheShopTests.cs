using System.Diagnostics;
using LeadOrchestrator.ChatApi.Guard;

namespace LeadOrchestrator.ChatApi.Tests.Guard;

/// <summary>What is compared with the shop's own: the customer's bookings, hours by day and by name, and each service's prices.</summary>
public sealed class TruthOfTheShopTests
{
    private static readonly GuardShop Shop = GuardShop.All[0];
    private static readonly TruthFacts Facts = Shop.Facts("2021 Honda Civic");

    // The shop's Monday, at ten in the evening.
    private static readonly DateTimeOffset Ten = GuardShop.Now.AddHours(12);
    private static readonly TakenSlot Tuesday = new(new DateTimeOffset(2026, 11, 24, 16, 0, 0, TimeSpan.Zero), 39900, "Full Car Ceramic Tint", IsHeld: false);
    private static readonly TakenSlot Friday = new(new DateTimeOffset(2026, 11, 27, 21, 0, 0, TimeSpan.Zero), 39900, "Full Car Ceramic Tint", IsHeld: false);

    [Theory]
    [InlineData("You're booked for Tuesday at 10.", true)]
    [InlineData("You're booked!", true)]
    [InlineData("Your appointment is confirmed for Tuesday, Nov 24 at 10:00 AM.", true)]
    [InlineData("See you on Tuesday at 10!", true)]
    [InlineData("See you tomorrow at 10!", true)]
    [InlineData("I'm holding Friday at 3 for you.", true)]
    [InlineData("I've held Friday, Nov 27 at 3:00 PM for you until 10:10. Please tap Confirm.", true)]
    [InlineData("I moved your appointment from Friday to Tuesday.", true)]
    [InlineData("You're all set for Tuesday at 10; please be there by 9:50.", true)]
    [InlineData("Your appointment is confirmed for Tuesday at 10, and the car is ready by 2.", true)]
    [InlineData("Your appointment on Tuesday is confirmed, and if Friday suits you better, tell me.", true)]
    [InlineData("Su cita está confirmada para el martes a las 10.", true)]
    [InlineData("Lo esperamos el martes 24 de noviembre a las 10.", true)]
    [InlineData("You're booked for Friday at 3.", false)]
    [InlineData("You're booked for Friday at 3 PM.", false)]
    [InlineData("Your appointment is confirmed for Tuesday at 11.", false)]
    [InlineData("Your appointment is confirmed for Tuesday, Dec 1 at 10:00 AM.", false)]
    [InlineData("See you on Wednesday!", false)]
    [InlineData("See you today at 10!", false)]
    [InlineData("I'm holding Friday at 4 for you.", false)]
    [InlineData("I've reserved Saturday for you.", false)]
    [InlineData("I moved your appointment to Friday at 3.", false)]
    [InlineData("For Friday at 3, you're all booked.", false)]
    [InlineData("Su cita está confirmada para el viernes a las 3.", false)]
    [InlineData("Lo esperamos el viernes 27 de noviembre.", false)]
    public void What_is_booked_or_held_is_told_with_its_own_day_and_time(string text, bool isTrue)
    {
        var facts = Shop.Facts("2021 Honda Civic", Deeds.Booked | Deeds.Held | Deeds.Moved) with { Slots = [Tuesday, Friday with { IsHeld = true }] };

        (Passage.Of(facts, [text]).Violation is null).ShouldBe(isTrue);
    }

    [Theory]
    [InlineData("thurs ")]
    [InlineData("thurs and ")]
    [InlineData("Monday to Friday, ")]
    [InlineData("los martes y ")]
    public async Task A_long_line_of_days_keeps_no_pattern_busy(string days)
    {
        var line = string.Concat(Enumerable.Repeat(days, 300));

        await Task.Run(() => Passage.Of(Facts, [line])).WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void What_is_booked_keeps_its_price_when_the_catalog_changes()
    {
        const string text = "You booked it at $349.00, and that stays.";

        Passage.Of(Facts with { Slots = [Tuesday with { PriceCents = 34900 }] }, [text]).Violation.ShouldBeNull();
        Passage.Of(Facts with { Slots = [Tuesday] }, [text]).Violation!.Kind.ShouldBe(ViolationKinds.Price);
    }

    [Theory]
    [InlineData("Yes, we're open!", false)]
    [InlineData("Sure, we are still open, so come by.", false)]
    [InlineData("The shop is open.", false)]
    [InlineData("Sí, estamos abiertos.", false)]
    [InlineData("Yes, open!", false)]
    [InlineData("We're closed, sorry.", true)]
    [InlineData("Yes, we're open on Tuesday!", true)]
    [InlineData("Tuesday works. We're open, of course.", true)]
    [InlineData("We're open Monday to Friday.", true)]
    [InlineData("Come when we're open, please.", true)]
    [InlineData("I can't say whether we are open.", true)]
    [InlineData("The chat is open for you.", true)]
    public void Who_is_said_to_be_open_without_a_day_is_open_now(string text, bool isTrueByNight)
    {
        (Passage.Of(Facts with { Now = Ten }, [text]).Violation is null).ShouldBe(isTrueByNight);
        if (!isTrueByNight)
        {
            Passage.Of(Facts, [text]).Violation.ShouldBeNull();
        }
    }

    [Theory]
    [InlineData("You can drop it off until 9 pm today.", false)]
    [InlineData("Just drop your car off at 7 AM tomorrow.", false)]
    [InlineData("You can pick it up until 8:30 PM.", false)]
    [InlineData("Feel free to come by at 6 in the evening, I mean at 6:00 pm.", false)]
    [InlineData("Stop by on Sunday at 10 am.", false)]
    [InlineData("Someone is here until midnight.", false)]
    [InlineData("Puede dejar el auto hasta las 9 de la noche.", false)]
    [InlineData("Puede recogerlo el domingo a las 10:00.", false)]
    [InlineData("You can drop it off until 4 pm today.", true)]
    [InlineData("Drop it off at 8 and pick it up at 5.", true)]
    [InlineData("You can come by any time between 8:00 and 17:00.", true)]
    [InlineData("Come by at 1 Main St whenever it suits you.", true)]
    [InlineData("I'm not able to keep the chat quiet until 10 pm, but ask away.", true)]
    [InlineData("We're open until 5 PM, so drop it off by 3.", true)]
    [InlineData("If you drop it off at 9 pm, nobody is there.", true)]
    [InlineData("You can't pick it up at 8 pm, sorry.", true)]
    [InlineData("Please keep the windows up until Thursday.", true)]
    [InlineData("Puede pasar a las 4 de la tarde.", true)]
    [InlineData("La película bloquea hasta el 99% de los rayos UV.", true)]
    public void Who_may_come_at_a_time_finds_the_shop_open(string text, bool isTrue)
    {
        (Passage.Of(Facts, [text]).Violation is null).ShouldBe(isTrue);
    }

    [Theory]
    [InlineData("Sí, abrimos el 25 de diciembre de 8:00 a 17:00.", false)]
    [InlineData("Abrimos el viernes 25 de diciembre.", false)]
    [InlineData("El jueves 26 de noviembre abrimos de 8:00 a 17:00.", false)]
    [InlineData("We're open on Thanksgiving from 8 to 5.", false)]
    [InlineData("We're open Thursday, Thanksgiving Day, 8 to 5.", false)]
    [InlineData("Yes, we are open on Christmas Day.", false)]
    [InlineData("En Navidad abrimos de 8:00 a 17:00.", false)]
    [InlineData("We're closed on Christmas Eve, the 24th of December.", false)]
    [InlineData("We're closed on Labor Day.", true)]
    [InlineData("On New Year's Eve we're open from 8 to 5.", true)]
    [InlineData("On Veterans Day we're open from 8 to 5.", true)]
    [InlineData("On Veterans Day we're open from 8 to 9 pm.", false)]
    [InlineData("Cerramos el 25 de diciembre.", true)]
    [InlineData("El 25 de diciembre estamos cerrados.", true)]
    [InlineData("El martes 24 de noviembre abrimos de 8:00 a 17:00.", true)]
    [InlineData("We're closed on Thanksgiving and on Christmas.", true)]
    [InlineData("We're open Monday through Friday from 8 to 5, except Thanksgiving.", true)]
    [InlineData("The Friday after Thanksgiving we're open from 8 to 5.", true)]
    public void A_day_is_known_by_its_date_or_its_name_in_both_languages(string text, bool isTrue)
    {
        // Without a note: the shop did not say what day it is.
        var facts = Facts with { Hours = Shop.Hours with { Exceptions = [new(new DateOnly(2026, 11, 26), true, null, null, null), new(new DateOnly(2026, 12, 25), true, null, null, null)] } };

        (Passage.Of(facts, [text]).Violation is null).ShouldBe(isTrue);
    }

    [Fact]
    public void A_service_beside_an_amount_costs_that_much_for_some_class_of_cars()
    {
        var suv = Facts.Catalog[0] with { PriceCents = 49900, VehicleClass = "SUV" };
        var facts = new TruthFacts([.. Facts.Catalog, suv], Facts.Hours, Facts.Now, Facts.ShopName, Facts.Phone, Facts.Address, Facts.Vehicle, Deeds.None, []);

        foreach (var text in (string[])["Full Car Ceramic Tint is $499.00.", "Full Car Ceramic Tint for your Honda Civic is $399.", "The full car ceramic tint and the sunroof? $399 is the first one."])
        {
            Passage.Of(facts, [text]).Violation.ShouldBeNull(text);
        }

        foreach (var text in (string[])["Full Car Ceramic Tint is $49.00.", "For your 2021 Honda Civic the Sunroof costs $129.", "That's $399 for the Windshield Strip."])
        {
            Passage.Of(facts, [text]).Violation!.Kind.ShouldBe(ViolationKinds.Price, text);
        }

        Passage.Of(Facts, ["Full Car Ceramic Tint is $499.00."]).Violation.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("The price of $399 is good until December 31.", true)]
    [InlineData("That quote of $399 holds through Dec 15.", true)]
    [InlineData("El precio es válido hasta el 31 de diciembre.", true)]
    [InlineData("The price of $399 holds until tomorrow at least.", true)]
    [InlineData("I can't say whether the price stays until February 1.", true)]
    [InlineData("The price of $399 is good until January 15.", false)]
    [InlineData("El precio es válido hasta el 15 de enero.", false)]
    [InlineData("This price is guaranteed forever.", false)]
    [InlineData("Our prices will never go up.", false)]
    public void A_price_is_promised_for_no_longer_than_staff_have_given_it(string text, bool isTrue)
    {
        var facts = new TruthFacts([Facts.Catalog[0] with { ValidUntil = new DateOnly(2026, 12, 31) }], Facts.Hours, Facts.Now, Facts.ShopName, Facts.Phone, Facts.Address, Facts.Vehicle, Deeds.None, []);

        (Passage.Of(facts, [text]).Violation is null).ShouldBe(isTrue);
        if (text.Contains("until", StringComparison.Ordinal) && !text.Contains("can't", StringComparison.Ordinal))
        {
            Passage.Of(Facts, [text]).Violation!.Kind.ShouldBe(ViolationKinds.Price, "nobody gave it a last day");
        }
    }

    [Theory]
    [InlineData("2019 Lexus RX 350", "For your RX 350, the Full Car Ceramic Tint is $399.00.", true)]
    [InlineData("2019 Lexus RX350", "Your RX 350 has six windows.", true)]
    [InlineData("2021 Lexus ES 350", "Your ES 350 takes about 4 hours.", true)]
    [InlineData("2020 Mercedes-Benz C 300", "Your C 300 has seven windows.", true)]
    [InlineData("2018 Ford Transit 250", "Your Transit 250 is a big one.", true)]
    [InlineData("2019 Ford F-150", "Your F 150 has a big windshield.", true)]
    [InlineData("2021 Honda Civic", "Su Honda Civic 2021 tarda unas 4 horas.", true)]
    [InlineData("2021 Honda Civic", "Para su Civic del 2021 son $399.", true)]
    [InlineData("2021 Honda Civic", "Honda Civic 2021: $399", true)]
    [InlineData("2019 Lexus RX 350", "The Full Car Ceramic Tint is 350.", false)]
    [InlineData("2019 Lexus RX 350", "For your RX 350 it is $350.", false)]
    [InlineData("2019 Lexus RX 350", "For your RX, 350.", false)]
    [InlineData("2021 Lexus ES 350", "El polarizado es 350.", false)]
    [InlineData("2021 Honda Civic", "Para su Civic son 2021 dólares.", false)]
    [InlineData("2018 Chevrolet Silverado 1500", "Your Silverado 1500 takes a little longer.", true)]
    [InlineData("2021 Tint for 99", "We do the Full Car Ceramic Tint for 99.", false)]
    [InlineData("2021 Tint for 99", "Full Car Ceramic Tint 99.", false)]
    [InlineData("price 99", "Our price 99 is final.", false)]
    public void The_numbers_of_the_customers_car_are_no_money_beside_its_name(string vehicle, string text, bool isTrue) =>
        (Passage.Of(Shop.Facts(vehicle), [text]).Violation is null).ShouldBe(isTrue);

    [Fact]
    public void A_long_piece_without_a_blank_is_judged_within_moments()
    {
        var guard = new TruthGuard(Facts);
        var started = Stopwatch.GetTimestamp();

        foreach (var letters in Enumerable.Repeat(new string('a', 256), 64))
        {
            guard.Take(letters);
        }

        Stopwatch.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(60));
    }
}
