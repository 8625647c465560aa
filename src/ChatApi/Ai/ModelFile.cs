using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.AI;

namespace LeadOrchestrator.ChatApi.Ai;

/// <summary>The table of models that an operator writes (<c>AI_MODELS_FILE</c>): it adds to ours, and wins over it.</summary>
internal static class ModelFile
{
    private const decimal MostUsd = 10_000;
    private const int MostContext = 100_000_000;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter<ReasoningEffort>(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <summary>Reads a file.</summary>
    /// <exception cref="FormatException">It cannot be used; the message says why, to be read behind the variable's name.</exception>
    public static IReadOnlyList<AiModel> Read(string path)
    {
        try
        {
            var rows = JsonSerializer.Deserialize<List<Row>>(File.ReadAllText(path), Options) ?? [];
            var models = rows.Select((row, index) => row is null ? throw new FormatException($"entry {index + 1} is empty") : ModelOf(row, index + 1)).ToList();
            return models.GroupBy(model => (model.Provider, model.Id)).FirstOrDefault(same => same.Count() > 1) is { } twice
                ? throw new FormatException($"{twice.Key.Id} is in it twice") : models;
        }
        catch (FormatException wrong)
        {
            throw new FormatException($"names a table of models that cannot be used: {wrong.Message}");
        }
        catch (JsonException wrong)
        {
            throw new FormatException($"names a table of models that cannot be read: line {wrong.LineNumber + 1}, {wrong.Path}: {What(wrong)}");
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new FormatException("names a file that cannot be opened");
        }
    }

    private static AiModel ModelOf(Row row, int entry)
    {
        if (row.Id is not { Length: > 0 } id || row.Provider is not (Providers.Claude or Providers.OpenAi))
        {
            throw new FormatException($"entry {entry} needs an id, and a provider that is {Providers.Claude} or {Providers.OpenAi}");
        }

        if (row.Prices is not { Count: > 0 } prices || prices.Any(price => price is null || !IsWhole(price)))
        {
            throw new FormatException($"{id} needs prices: [{{from, input, output, cacheRead?, cacheWrite?}}], in US dollars per million tokens, from 0 to {MostUsd}");
        }

        if (prices.Any(price => price!.ShortPrompts is { } list && !IsWithin(list, price)))
        {
            throw new FormatException($"{id} has shortPrompts that cannot be: {{upTo, input, output, cacheRead?, cacheWrite?}}, upTo from 1 to {MostContext} tokens, and no price above that of longer prompts");
        }

        if (row.Temperature is not null && row.Provider == Providers.Claude)
        {
            throw new FormatException($"{id} has a temperature, which Anthropic refuses for every model");
        }

        if (row.Temperature is < 0 or > 2 || row.MostOutput is < 1 || row.Context is < 1 or > MostContext)
        {
            throw new FormatException($"{id} needs a temperature from 0 to 2, a mostOutput of 1 or more and a context from 1 to {MostContext}, where it has one");
        }

        return new AiModel(row.Provider, id, [.. prices.OrderBy(price => price!.From).Select(price => PriceOf(price!))], row.RetiresOn, row.Effort, row.Temperature)
        {
            MostOutput = Math.Min(row.MostOutput ?? Assistants.MaxOutputTokens, Assistants.MaxOutputTokens),
            Context = row.Context,
        };
    }

    private static bool IsWhole(PriceRow price) => price.From is not null && AreWhole(price.Input, price.Output, price.CacheRead, price.CacheWrite);

    private static bool AreWhole(decimal? input, decimal? output, decimal? cacheRead, decimal? cacheWrite) =>
        input is not null && output is not null && new[] { input, output, cacheRead, cacheWrite }.All(usd => usd is null or (>= 0 and <= MostUsd));

    // What a call can cost at most is told by the prices of longer prompts.
    private static bool IsWithin(ShortRow list, PriceRow price)
    {
        if (list.UpTo is not (>= 1 and <= MostContext) || !AreWhole(list.Input, list.Output, list.CacheRead, list.CacheWrite))
        {
            return false;
        }

        var (most, own) = (PriceOf(price), PriceOf(price).ShortPrompts!.Prices);
        return own.Input <= most.Input && own.Output <= most.Output && own.CacheRead <= most.CacheRead && own.CacheWrite <= most.CacheWrite;
    }

    private static ModelPrice PriceOf(PriceRow price)
    {
        var from = price.From!.Value;
        return PriceOf(from, price.Input!.Value, price.Output!.Value, price.CacheRead, price.CacheWrite) with
        {
            ShortPrompts = price.ShortPrompts is { } list
                ? new ShortPromptPrices(list.UpTo!.Value, PriceOf(from, list.Input!.Value, list.Output!.Value, list.CacheRead, list.CacheWrite)) : null,
        };
    }

    // Without a price of its own, what is cached costs what is not.
    private static ModelPrice PriceOf(DateOnly from, decimal input, decimal output, decimal? cacheRead, decimal? cacheWrite) =>
        AiModels.Usd(from, input, output, cacheRead ?? input, cacheWrite ?? input);

    // The serializer's own words name our types.
    private static string What(JsonException wrong) =>
        wrong.Message.Contains("could not be mapped", StringComparison.Ordinal) ? "there is no such field" : "the value is none that belongs there";

    private sealed record Row(
        string? Provider, string? Id, IReadOnlyList<PriceRow?>? Prices, DateOnly? RetiresOn, ReasoningEffort? Effort, float? Temperature, int? MostOutput, long? Context);

    private sealed record PriceRow(DateOnly? From, decimal? Input, decimal? Output, decimal? CacheRead, decimal? CacheWrite, ShortRow? ShortPrompts);

    private sealed record ShortRow(long? UpTo, decimal? Input, decimal? Output, decimal? CacheRead, decimal? CacheWrite);
}
