using LeadOrchestrator.ChatApi.Ai;
using LeadOrchestrator.ChatApi.Ai.Tools;
using LeadOrchestrator.ChatApi.Bookings;
using LeadOrchestrator.ChatApi.Conversations;
using LeadOrchestrator.ChatApi.Costs;
using LeadOrchestrator.ChatApi.Sessions;
using LeadOrchestrator.ChatApi.Shops;
using LeadOrchestrator.Shared.Appointments;
using LeadOrchestrator.Shared.Catalog;
using LeadOrchestrator.Shared.Consent;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Hours;
using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.ChatApi;

/// <summary>The Chat API: customers' conversations, answered by a model.</summary>
public static class ChatApiApp
{
    /// <summary>Makes the service, ready to be run.</summary>
    /// <param name="variables">The environment, instead of the process's own (tests).</param>
    /// <param name="changes">Last words on the services (tests).</param>
    /// <exception cref="SettingsException">The environment is not usable.</exception>
    public static WebApplication Create(
        string[] args, IReadOnlyDictionary<string, string?>? variables, Action<IServiceCollection>? changes = null)
    {
        var builder = ServiceHost.CreateBuilder(args, variables);
        var (platform, settings) = ChatApiSettings.Read(builder.Configuration);
        builder.AddPlatform("chat-api", platform, settings.Port);
        builder.Services.AddSingleton(settings);
        // Both once more here: their generators see only the project that calls them.
        builder.Services.AddValidation();
        builder.Services.AddOpenApi("v1", ChatDocument.Describe);
        builder.Services.AddThread();
        builder.Services.AddSingleton<ContactStore>();
        builder.Services.AddSingleton<HoursStore>().AddSingleton<CatalogStore>().AddSingleton<ShopFacts>().AddHybridCache();
        builder.Services.AddBookings().AddSingleton<ChatBookings>();
        builder.Services.AddSessions();
        AddCosts(builder.Services);
        AddAi(builder.Services);
        AddConversations(builder.Services);
        changes?.Invoke(builder.Services);

        var app = builder.Build();
        app.UsePlatform();
        app.MapSessions();
        app.MapTakeover();
        app.MapStaffSessions();
        app.MapCosts();
        return app;
    }

    private static void AddCosts(IServiceCollection services)
    {
        services.AddSingleton<CallStore>();
        services.AddSingleton<Budget>();
        services.AddSingleton<CostStore>();
    }

    private static void AddAi(IServiceCollection services)
    {
        // The time limits of an answer are ours (AnswerLimits); the client's own would cut a long one.
        services.AddHttpClient(Assistants.HttpClientName, http => http.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                ConnectTimeout = TimeSpan.FromSeconds(5),
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            })
            .AddHttpMessageHandler(() => new FinishReasons())
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan);
        services.AddSingleton<Assistants>();
        services.AddSingleton<ModelBreakers>();
        services.AddSingleton<IWarmUp, ModelWarnings>();
        services.AddSingleton<IOwnChecks, RetirementCheck>();
    }

    // The order is the order of stopping, backwards: first no new answers, then the running ones end, then the writer, which they need.
    private static void AddConversations(IServiceCollection services)
    {
        services.AddSingleton<AnswerLimits>();
        services.AddSingleton<IWarmUp, ChatWarmUp>();
        services.AddSingleton<ConversationStore>();
        services.AddSingleton<ChatOptOuts>();
        services.AddSingleton<StaffSessionStore>();
        services.AddSingleton<LiveSessions>();
        services.AddSingleton<AnswerStarts>();
        services.AddSingleton<AnswerEnds>();
        services.AddSingleton<AnswerReviewStore>();
        services.AddSingleton<PersonCalls>();
        services.AddSingleton<ToolBox>();
        services.AddSingleton<Speaking>();
        services.AddSingleton<Answering>();
        services.AddSingleton<SessionViewer>();
        services.AddSingleton<FrameWriter>();
        services.AddHostedService(provider => new WordsWarmUp(FirstWords.Readings(provider.GetRequiredService<TimeProvider>())));
        services.AddHostedService(provider => provider.GetRequiredService<FrameWriter>());
        services.AddSingleton<Turns>();
        services.AddHostedService(provider => provider.GetRequiredService<Turns>());
        services.AddSingleton<Sweeper>();
        services.AddHostedService(provider => provider.GetRequiredService<Sweeper>());
    }
}
