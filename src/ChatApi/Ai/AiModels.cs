using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;

namespace LeadOrchestrator.ChatApi.Ai;

/// <summary>The names of the providers, as <c>AI_PROVIDER</c> and the database know them.</summary>
public static class Providers
{
    /// <summary>Anthropic.</summary>
    public const string Claude = "claude";

    /// <summary>OpenAI, and any server that speaks as it does.</summary>
    public const string OpenAi = "openai";
}

/// <summary>A model we can ask.</summary>
/// <param name="Prices">By the day from which they hold, oldest first.</param>
/// <param name="RetiresOn">From this day on the vendor refuses it; null = no date is known.</param>
/// <param name="Effort">How much it thinks before it speaks; null = the parameter is refused by this model and not sent.</param>
/// <param name="Temperature">How freely it chooses its words; null = as <paramref name="Effort"/>.</param>
public sealed record AiModel(
    string Provider, string Id, IReadOnlyList<ModelPrice> Prices, DateOnly? RetiresOn = null, ReasoningEffort? Effort = null, float? Temperature = null)
{
    /// <summary>Most tokens of one answer.</summary>
    public int MostOutput { get; init; } = Assistants.MaxOutputTokens;

    /// <summary>Most tokens of a prompt and its answer together; null = more than we ever send.</summary>
    public long? Context { get; init; }

    /// <summary>False: it is in no table, and counts at the dearest prices of its provider.</summary>
    public bool IsPriceKnown { get; init; } = true;

    /// <summary>The price that holds on a day.</summary>
    public ModelPrice PriceOn(DateOnly day) => Prices.LastOrDefault(price => price.From <= day) ?? Prices[0];
}

/// <summary>A price list, in micro-dollars per million tokens (1 US dollar = 1,000,000).</summary>
/// <param name="From">The day from which it holds.</param>
/// <param name="CacheWrite">Of tokens put into the provider's cache for five minutes.</param>
public sealed record ModelPrice(DateOnly From, long Input, long Output, long CacheRead, long CacheWrite)
{
    /// <summary>What holds in the place of these for short prompts; null = these hold for all.</summary>
    public ShortPromptPrices? ShortPrompts { get; init; }

    /// <summary>The prices of a prompt with so many tokens.</summary>
    public ModelPrice Of(long input) => ShortPrompts is { } list && input <= list.UpTo ? list.Prices : this;

    /// <summary>What a call costs, in micro-dollars, rounded up.</summary>
    /// <param name="input">All tokens of the prompt, those from and for the cache included.</param>
    public long Cost(long input, long output, long cacheRead, long cacheWrite) => Of(input).OwnCost(input, output, cacheRead, cacheWrite);

    private long OwnCost(long input, long output, long cacheRead, long cacheWrite)
    {
        var fresh = Math.Max(0, input - cacheRead - cacheWrite);
        var total = ((Int128)fresh * Input) + ((Int128)output * Output) + ((Int128)cacheRead * CacheRead) + ((Int128)cacheWrite * CacheWrite);
        return (long)((total + 999_999) / 1_000_000);
    }

    /// <summary>What was saved by reading so many tokens from the cache, less what it took to put so many there; micro-dollars.</summary>
    /// <remarks>Of two lists by that of short prompts: ours are.</remarks>
    public long SavedByCache(long read, long written) => ShortPrompts?.Prices.SavedByCache(read, written) ??
        (long)((((Int128)read * (Input - CacheRead)) - ((Int128)written * (CacheWrite - Input))) / 1_000_000);

    /// <summary>The most that a call can cost whose prompt has so many tokens and whose answer is cut after so many; of two lists by the dearer one.</summary>
    public long AtMost(long input, long output) => CacheWrite > Input ? OwnCost(input, output, 0, input) : OwnCost(input, output, 0, 0);
}

/// <summary>A cheaper list, of prompts that are short.</summary>
/// <param name="UpTo">So many tokens of a prompt at most.</param>
/// <param name="Prices">None is above that of longer prompts.</param>
public sealed record ShortPromptPrices(long UpTo, ModelPrice Prices);

/// <summary>The models by name, with what each costs and until when it lives.</summary>
/// <remarks>
/// Those that we know; <c>AI_MODELS_FILE</c> adds others (<see cref="ModelFile"/>), and one that is in neither counts as <see cref="Unknown"/> says.
/// A model with two price lists, by the length of the prompt, has both: money is set aside by the dearer, since a cap is kept by what a call can cost at most, and booked by that of its prompt.
/// Sources, read 2026-11-22: Anthropic's model and price pages (platform.claude.com/docs), OpenAI's published price lists. Until when a model lives: <see cref="ModelLife"/>.
/// No sampling parameter (temperature, top_p, top_k) is ever sent: Anthropic's API of 2026-10-21 refuses them for every model.
/// </remarks>
public static partial class AiModels
{
    private static readonly DateOnly Known = new(2025, 1, 1);

    /// <summary>All that we know.</summary>
    public static IReadOnlyList<AiModel> All { get; } =
    [
        Claude("claude-sonnet-5-5", [Usd(Known, 2, 10, 0.20m, 2.50m), Usd(new(2026, 10, 7), 2, 10, 0.10m, 2.50m)], effort: ReasoningEffort.Low),
        Claude("claude-sonnet-5", [Usd(Known, 2, 10, 0.20m, 2.50m)], effort: ReasoningEffort.Low),
        Claude("claude-sonnet-4-6", [Usd(Known, 3, 15, 0.30m, 3.75m)]),
        Claude("claude-sonnet-4-5", [Usd(Known, 3, 15, 0.30m, 3.75m)]),
        Claude("claude-sonnet-4-5-20250929", [Usd(Known, 3, 15, 0.30m, 3.75m)]),
        Claude("claude-haiku-4-5", [Usd(Known, 1, 5, 0.10m, 1.25m)]),
        Claude("claude-haiku-5-5", [Usd(Known, 0.50m, 2.50m, 0.05m, 0.625m) with { ShortPrompts = new(100_000, Usd(Known, 0.10m, 0.50m, 0.01m, 0.125m)) }]),
        Claude("claude-opus-5-5", [Usd(Known, 4, 20, 0.40m, 5)], effort: ReasoningEffort.Low),
        Claude("claude-fable-5-1", [Usd(Known, 10, 50, 1, 12.50m)]),
        OpenAi("gpt-6-luna", [Usd(Known, 0.10m, 0.50m, 0.01m, 0.10m)], effort: ReasoningEffort.None),
        OpenAi("gpt-6.1-sol", [Usd(Known, 2, 10, 0.10m, 2)], effort: ReasoningEffort.None),
        OpenAi("gpt-4o", [Usd(Known, 2.50m, 10, 1.25m, 2.50m)]),
        OpenAi("gpt-4o-2024-08-06", [Usd(Known, 2.50m, 10, 1.25m, 2.50m)]),
        OpenAi("gpt-4o-2024-11-20", [Usd(Known, 2.50m, 10, 1.25m, 2.50m)]),
    ];

    /// <summary>The model with this name, or null.</summary>
    public static AiModel? Find(string provider, string id) => All.FirstOrDefault(model => model.Provider == provider && model.Id == id);

    /// <summary>The model with this name: of the table; else what its name without a date at the end is there; else one that nobody knows.</summary>
    public static AiModel In(IReadOnlyList<AiModel> table, string provider, string id)
    {
        ArgumentNullException.ThrowIfNull(table);
        return Named(id) ?? (Named(Date().Replace(id, "")) is { } model ? model with { Id = id, RetiresOn = ModelLife.RetiresOn(id) ?? model.RetiresOn } : Unknown(table, provider, id));

        AiModel? Named(string name) => table.FirstOrDefault(model => model.Provider == provider && model.Id == name);
    }

    /// <summary>The names of a provider's models.</summary>
    public static IEnumerable<string> Of(string provider) => All.Where(model => model.Provider == provider).Select(model => model.Id);

    /// <summary>A model that is in no table: each kind of token at the dearest price that any model of its provider has or had, so that the cap on spend holds for it too.</summary>
    public static AiModel Unknown(IEnumerable<AiModel> table, string provider, string id)
    {
        var prices = table.Where(model => model.Provider == provider).SelectMany(model => model.Prices).ToList();
        var dearest = new ModelPrice(
            Known, prices.Max(price => price.Input), prices.Max(price => price.Output), prices.Max(price => price.CacheRead), prices.Max(price => price.CacheWrite));
        return new AiModel(provider, id, [dearest], ModelLife.RetiresOn(id)) { IsPriceKnown = false };
    }

    private static AiModel Claude(string id, ModelPrice[] prices, ReasoningEffort? effort = null) =>
        new(Providers.Claude, id, prices, ModelLife.RetiresOn(id), effort);

    private static AiModel OpenAi(string id, ModelPrice[] prices, ReasoningEffort? effort = null) =>
        new(Providers.OpenAi, id, prices, ModelLife.RetiresOn(id), effort);

    [GeneratedRegex(@"-(?:\d{4}-\d{2}-\d{2}|\d{8})$")]
    private static partial Regex Date();

    /// <summary>A price as vendors print it: US dollars per million tokens.</summary>
    internal static ModelPrice Usd(DateOnly from, decimal input, decimal output, decimal cacheRead, decimal cacheWrite) =>
        new(from, Micros(input), Micros(output), Micros(cacheRead), Micros(cacheWrite));

    private static long Micros(decimal usd) => (long)(usd * 1_000_000);
}
