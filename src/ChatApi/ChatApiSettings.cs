using LeadOrchestrator.ChatApi.Ai;
using LeadOrchestrator.Shared.Hosting;
using Microsoft.Extensions.Configuration;

namespace LeadOrchestrator.ChatApi;

/// <summary>What the Chat API reads from the environment beside <see cref="PlatformSettings"/>.</summary>
public sealed record ChatApiSettings
{
    private const string TableVariable = "AI_MODELS_FILE";

    /// <summary>The models to ask, the first choice first. A provider without a key is not among them.</summary>
    public required IReadOnlyList<ConfiguredModel> Models { get; init; }

    /// <summary>All models whose prices are known: ours, and those of the operator's table.</summary>
    public required IReadOnlyList<AiModel> Table { get; init; }

    /// <summary>Where this service listens; 0 takes a free port.</summary>
    public required int Port { get; init; }

    /// <summary>Reads all variables.</summary>
    /// <exception cref="SettingsException">Any is wrong: all of them, in one message.</exception>
    public static (PlatformSettings Platform, ChatApiSettings ChatApi) Read(IConfiguration configuration)
    {
        var variables = new Variables(configuration);
        var platform = PlatformSettings.Read(variables);
        var first = variables.OneOf("AI_PROVIDER", Providers.Claude, Providers.Claude, Providers.OpenAi);
        var table = ReadTable(variables);
        var claude = Model(variables, table, Providers.Claude, "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "https://api.anthropic.com", "CLAUDE_MODEL", ModelLife.DefaultClaude);
        var openAi = Model(variables, table, Providers.OpenAi, "OPENAI_API_KEY", "OPENAI_BASE_URL", "https://api.openai.com/v1", "OPENAI_MODEL", ModelLife.DefaultOpenAi);
        var settings = new ChatApiSettings
        {
            Models = [.. new[] { claude, openAi }.Where(model => model.ApiKey.Length > 0).OrderBy(model => model.Model.Provider == first ? 0 : 1)],
            Table = table,
            Port = variables.Integer("PORT", 3001, 0, 65535),
        };
        if (settings.Models.Count == 0)
        {
            variables.Problem("ANTHROPIC_API_KEY", "and OPENAI_API_KEY are not set: the assistant needs at least one of them");
        }
        else if (settings.Models[0].Model.Provider != first)
        {
            variables.Problem(first == Providers.Claude ? "ANTHROPIC_API_KEY" : "OPENAI_API_KEY", $"is not set, while AI_PROVIDER is {first}");
        }

        variables.ThrowIfAnyProblem();
        return (platform, settings);
    }

    // A table that cannot be used leaves ours, so that what else is wrong is said in the same message.
    private static IReadOnlyList<AiModel> ReadTable(Variables variables)
    {
        if (variables.Optional(TableVariable) is not { } path)
        {
            return AiModels.All;
        }

        try
        {
            var theirs = ModelFile.Read(path);
            return [.. theirs, .. AiModels.All.Where(ours => !theirs.Any(model => model.Provider == ours.Provider && model.Id == ours.Id))];
        }
        catch (FormatException wrong)
        {
            variables.Problem(TableVariable, wrong.Message);
            return AiModels.All;
        }
    }

    private static ConfiguredModel Model(
        Variables variables, IReadOnlyList<AiModel> table, string provider, string keyVariable, string urlVariable, string url, string modelVariable, string defaultModel)
    {
        var key = variables.Optional(keyVariable) ?? "";
        var baseUrl = variables.Url(urlVariable, url);
        var id = variables.Optional(modelVariable) ?? defaultModel;
        if (table.FirstOrDefault(known => known.Provider == provider && known.Id == id) is { } model)
        {
            // Without its key a vendor is switched off, so that its host is none that the clock could harm.
            return new ConfiguredModel(model, key, key.Length > 0 ? baseUrl : new Uri("http://switched-off"));
        }

        variables.Problem(modelVariable, $"is in no table of prices, so that its cost could not be capped: {TableVariable} may add it; known are {string.Join(", ", table.Where(known => known.Provider == provider).Select(known => known.Id))}");
        return new ConfiguredModel(AiModels.Find(provider, defaultModel)!, key, baseUrl);
    }
}

/// <summary>A model with the way to it.</summary>
public sealed record ConfiguredModel(AiModel Model, string ApiKey, Uri BaseUrl)
{
    // A record's own text would print the key.
    private bool PrintMembers(System.Text.StringBuilder text)
    {
        text.Append(Model.Id);
        return true;
    }
}
