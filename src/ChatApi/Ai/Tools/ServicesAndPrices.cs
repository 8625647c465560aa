using System.Globalization;

namespace LeadOrchestrator.ChatApi.Ai.Tools;

/// <summary>The services of this conversation's shop with their prices of this moment.</summary>
internal sealed class ServicesAndPrices() : ChatTool(
    "services_and_prices", "The services of this shop with their prices in US dollars as of now. There are no other prices.", """{"type":"object","properties":{},"additionalProperties":false}""")
{
    private const int Most = 200;

    /// <inheritdoc />
    public override Task<ToolResult> RunAsync(ToolTurn turn, IReadOnlyDictionary<string, object?> input, CancellationToken cancel) => Task.FromResult(ToolResult.Of(new
    {
        AsOf = turn.Start.Hours.Local(turn.Now).Date.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture),
        Services = turn.Start.Catalog.Take(Most).Select(item => new
        {
            Name = Prompt.Data(item.Name),
            Price = string.Create(CultureInfo.InvariantCulture, $"${item.PriceCents / 100}.{item.PriceCents % 100:00}"),
            Takes = item.DurationMinutes is { } minutes ? string.Create(CultureInfo.InvariantCulture, $"{minutes} min") : null,
            ValidUntil = item.ValidUntil?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            For = item.VehicleClass is { } vehicle ? Prompt.Data(vehicle) : null,
        }).ToList(),
    }));
}
