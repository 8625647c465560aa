using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.Shared.Tests.Messages;

/// <summary>The language that a customer hears our own words in is the one of their words, not of a place, a name or a car.</summary>
public sealed class LanguagesTests
{
    [Theory]
    [InlineData("How much for auto tint in LA?", "en")]
    [InlineData("How much for a Lexus ES in Los Angeles?", "en")]
    [InlineData("Hi, this is Juan de la Cruz, how much for my Civic?", "en")]
    [InlineData("Do you do auto glass in El Paso?", "en")]
    [InlineData("My auto is a 2019 El Camino", "en")]
    [InlineData("jalapeño colored car, how much is it?", "en")]
    [InlineData("Hola", "es")]
    [InlineData("Gracias", "es")]
    [InlineData("Necesito un asesor", "es")]
    [InlineData("Me interesa", "es")]
    [InlineData("Cuánto sale?", "es")]
    [InlineData("hablar con alguien", "es")]
    [InlineData("Quiero llevar mi carro a la tienda", "es")]
    [InlineData("¿Abren mañana?", "es")]
    [InlineData("buenos días, tienen citas para mañana", "es")]
    [InlineData("Hola, do you have the price?", "en")]
    [InlineData("ok", null)]
    [InlineData("399?", null)]
    [InlineData("LA", null)]
    public void It_is_told_by_what_is_said_most(string text, string? language) => Languages.Of(text).ShouldBe(language);
}
