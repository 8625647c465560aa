using LeadOrchestrator.ChatApi.Ai;
using LeadOrchestrator.Shared.Hosting;
using Microsoft.Extensions.Configuration;

namespace LeadOrchestrator.ChatApi;

/// <summary>What the Chat API reads from the environment beside <see cref="PlatformSettings"/>.</summary>
public sealed record ChatApiSettings
{
    private const string TableVariable = "AI_MODELS_FILE";
    private const int LongestName = 200;

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
        var first = variables.Optional("AI_PROVIDER") is null ? "" : variables.OneOf("AI_PROVIDER", "", Providers.Claude, Providers.OpenAi);
        var table = ReadTable(variables);
        var claude = Model(variables, table, Providers.Claude, "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "https://api.anthropic.com", "CLAUDE_MODEL", ModelLife.DefaultClaude);
        var openAi = Model(variables, table, Providers.OpenAi, "OPENAI_API_KEY", "OPENAI_BASE_URL", "https://api.openai.com/v1", "OPENAI_MODEL", ModelLife.DefaultOpenAi);
        var settings = new ChatApiSettings
        {
            // Without a word it is whichever has a key, Claude first.
            Models = [.. new[] { claude, openAi }.OfType<ConfiguredModel>().OrderBy(model => model.Model.Provider == first ? 0 : 1)],
            Table = table,
            Port = variables.Integer("PORT", 3001, 0, 65535),
        };
        if (settings.Models.Count == 0)
        {
            variables.Problem("ANTHROPIC_API_KEY", "and OPENAI_API_KEY are not set: the assistant needs at least one of them");
        }
        else if (first.Length > 0 && settings.Models[0].Model.Provider != first)
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

    // Without its key a vendor is switched off, and what else is said of it counts for nothing. A host that is none is wrong even so.
    private static ConfiguredModel? Model(
        Variables variables, IReadOnlyList<AiModel> table, string provider, string keyVariable, string urlVariable, string url, string modelVariable, string defaultModel)
    {
        var baseUrl = variables.Url(urlVariable, url);
        if (variables.Optional(keyVariable) is not { } key)
        {
            return null;
        }

        var id = variables.Optional(modelVariable) ?? defaultModel;
        if (id.Length > LongestName || id.Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter)))
        {
            variables.Problem(modelVariable, $"must be the name of a model, such as {defaultModel}: at most {LongestName} characters, and no space");
        }

        return new ConfiguredModel(AiModels.In(table, provider, id), key, baseUrl);
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
