using LeadOrchestrator.Orchestrator.Appointments;
using LeadOrchestrator.Orchestrator.Budgets;
using LeadOrchestrator.Orchestrator.Cadences;
using LeadOrchestrator.Orchestrator.Coverage;
using LeadOrchestrator.Orchestrator.Emails;
using LeadOrchestrator.Orchestrator.Handovers;
using LeadOrchestrator.Orchestrator.Holds;
using LeadOrchestrator.Orchestrator.Imports;
using LeadOrchestrator.Orchestrator.Jobs;
using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Orchestrator.Locations;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.Messaging.Rules;
using LeadOrchestrator.Orchestrator.Operations;
using LeadOrchestrator.Orchestrator.Pictures;
using LeadOrchestrator.Orchestrator.Registrations;
using LeadOrchestrator.Orchestrator.Replies;
using LeadOrchestrator.Orchestrator.Reviews;
using LeadOrchestrator.Orchestrator.People;
using LeadOrchestrator.Orchestrator.Shopmonkey;
using LeadOrchestrator.Orchestrator.Shopmonkey.Polling;
using LeadOrchestrator.Orchestrator.Staff;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Orchestrator.Vendors;
using LeadOrchestrator.Orchestrator.Web;
using LeadOrchestrator.Orchestrator.Webhooks;
using LeadOrchestrator.Shared.Appointments;
using LeadOrchestrator.Shared.Catalog;
using LeadOrchestrator.Shared.Consent;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Hours;
using LeadOrchestrator.Shared.Messages;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.Orchestrator;

/// <summary>The Orchestrator: hears of leads, plans and sends touch points, is the public door.</summary>
public static class OrchestratorApp
{
    /// <summary>The service, ready to run.</summary>
    /// <param name="variables">Instead of the process's environment (tests); null = the environment.</param>
    /// <exception cref="SettingsException">The environment is not usable.</exception>
    public static WebApplication Create(string[] args, IReadOnlyDictionary<string, string?>? variables = null)
    {
        var builder = ServiceHost.CreateBuilder(args, variables);
        var settings = OrchestratorSettings.Read(new Variables(builder.Configuration));
        // A file of rules that cannot be read whole stops the start.
        _ = TextingRules.Current;
        builder.AddPlatform("orchestrator", settings.Platform, settings.Port);
        // Both are written by source generators, which see the assembly they are called in.
        builder.Services.AddValidation();
        builder.Services.AddOpenApi("v1", DoorDescription.Describe);
        builder.Services
            .AddSingleton(settings).AddSingleton(settings.Shopmonkey).AddSingleton(settings.Twilio).AddSingleton(settings.SendGrid).AddSingleton(settings.Admin).AddSingleton<SignInLimits>()
            .AddSingleton<IWarmUp, FirstAdministrator>().AddSingleton<IWarmUp, WebhookWarmUp>()
            .AddWebhooks().AddShopmonkey().AddLocations().AddLeads().AddImports().AddMessaging().AddTouchPoints().AddCadences().AddEmails()
            .AddHttpForwarder().AddRegistrations().AddCoverage().AddBudgets().AddOperations().AddHolds().AddHandovers().AddAppointments()
            .AddChatPage();

        var app = builder.Build();
        app.UsePlatform(ChatPage.UseChatPage);
        app.MapChatPage();
        app.MapWebhooks();
        app.MapAuth();
        app.MapApiKeys();
        app.MapLeads();
        app.MapLocations();
        app.MapLeadSubmission();
        app.MapOptOuts();
        app.MapChatLinks();
        app.MapPeople();
        app.MapLeadImports();
        Unsubscribe.Map(app);
        app.MapTouchPoints();
        app.MapCadences();
        app.MapLeadWork();
        app.MapHolds();
        app.MapStaffContacts();
        app.MapReviewItems();
        app.MapWebhookEvents();
        app.MapLeadRules();
        app.MapJobExecutions();
        app.MapVendorCredentials();
        app.MapRegistrations();
        app.MapTenants();
        app.MapCoverage();
        app.MapBudgets();
        app.MapAppointments();
        app.MapChatForward(settings.ChatApiUrl);
        return app;
    }

    private static IServiceCollection AddWebhooks(this IServiceCollection services) => services
        .AddSingleton<InboxStore>().AddSingleton(Arrivals).AddSingleton<InboxHand>().AddSingleton<RightOfWay>().AddSingleton<InboxSignal>().AddSingleton<WebhookRefusals>().AddSingleton<OrderEvents>().AddSingleton<RowEvents>().AddSingleton<WebhookReplays>()
        .AddSingleton<ShopmonkeyWebhook>().AddSingleton<TwilioDoor>().AddSingleton<TwilioInbound>().AddSingleton<MissedTexts>().AddSingleton<UnreadLists>().AddSingleton<TwilioStatusCallback>().AddSingleton<SendGridEvents>().AddSingleton<SendGridInbound>().AddSingleton<CustomerReplies>()
        .AddThread()
        .AddSingleton<InboxWorker>().AddHostedService(provider => provider.GetRequiredService<InboxWorker>()).AddHostedService(_ => new WordsWarmUp(TwilioInbound.FirstReadings));

    private static InboxArrivals Arrivals(IServiceProvider services) => new(
        ActivatorUtilities.CreateInstance<InboxStore>(services, services.GetRequiredKeyedService<LeadDatabase>(LeadDatabase.Door)),
        services.GetRequiredService<InboxHand>(), services.GetRequiredService<RightOfWay>());

    private static void MapWebhooks(this WebApplication app)
    {
        ShopmonkeyWebhook.Map(app);
        TwilioInbound.Map(app);
        TwilioStatusCallback.Map(app);
        SendGridEvents.Map(app);
        SendGridInbound.Map(app);
    }

    private static IServiceCollection AddShopmonkey(this IServiceCollection services)
    {
        // Nobody reads them below a warning, and they have none.
        services.AddHttpClient().ConfigureHttpClientDefaults(client => client.RemoveAllLoggers());
        return services
            .AddSingleton(provider => new ShopmonkeyClient(
                Vendor(provider, nameof(ShopmonkeyClient)), provider.GetRequiredService<VendorAccounts>(), provider.GetRequiredService<CrmPaces>()))
            .AddSingleton<CrmPaces>().AddSingleton<CrmLookups>()
            .AddVendors()
            .AddSingleton<LocationStore>().AddSingleton<LocationSync>().AddSingleton<WorkflowColumns>().AddSingleton<CrmVersionStore>().AddSingleton<LeadRuleBook>().AddSingleton<ShopLookup>().AddSingleton<JobExecutionStore>()
            .AddPolling();
    }

    private static IServiceCollection AddLocations(this IServiceCollection services) => services
        .AddSingleton<CatalogSync>().AddSingleton<CatalogItemStore>().AddSingleton<CatalogStore>().AddSingleton<OpeningStore>().AddSingleton<HoursStore>()
        .AddSingleton<PriceEnds>().AddHostedService(provider => provider.GetRequiredService<PriceEnds>());

    private static IServiceCollection AddLeads(this IServiceCollection services) => services
        .AddSingleton<LeadStore>().AddSingleton<CrmChanges>().AddSingleton<IntakeTransaction>().AddSingleton<LeadIntake>().AddSingleton<ContactStore>()
        .AddSingleton<PersonStore>().AddSingleton<IdempotencyStore>().AddSingleton<LeadSubmission>()
        .AddSingleton<StaffMessages>().AddSingleton<ExplanationStore>().AddSingleton<LeadExplainer>();

    private static IServiceCollection AddImports(this IServiceCollection services) => services
        .AddSingleton<LeadImportStore>().AddSingleton<ImportBatch>().AddSingleton<ImportSignal>()
        .AddSingleton<LeadImportWorker>().AddHostedService(provider => provider.GetRequiredService<LeadImportWorker>());

    private static IServiceCollection AddMessaging(this IServiceCollection services) => services
        .AddSingleton(provider => new TwilioClient(Vendor(provider, nameof(TwilioClient))))
        .AddSingleton<TextPauses>().AddSingleton<EmailPauses>().AddSingleton<AttemptStore>().AddSingleton<VendorVerdicts>().AddSingleton<SenderPaceStore>()
        .AddSingleton<SenderHealth>().AddHostedService(provider => provider.GetRequiredService<SenderHealth>()).AddSingleton<Gate>().AddSingleton<TextDelivery>().AddSingleton<ReconcileSignal>()
        .AddSingleton<OutcomeWriter>().AddHostedService(provider => provider.GetRequiredService<OutcomeWriter>())
        .AddSingleton<Reconciler>().AddHostedService(provider => provider.GetRequiredService<Reconciler>());

    private static IServiceCollection AddEmails(this IServiceCollection services)
    {
        services.AddHttpClient(nameof(SendGridMailer)).AddHttpMessageHandler(() => new GuardedCall());
        return services
            .AddSingleton(provider => new SendGridMailer(Vendor(provider, nameof(SendGridMailer)), provider.GetRequiredService<TimeProvider>()))
            .AddSingleton<EmailAddressStore>().AddSingleton<EmailGate>().AddSingleton<EmailDelivery>().AddSingleton<EmailSignal>().AddSingleton<Unsubscribe>().AddSingleton<EmailOptOut>().AddSingleton<MailEventWork>()
            .AddSingleton<EmailWorker>().AddHostedService(provider => provider.GetRequiredService<EmailWorker>());
    }

    private static IServiceCollection AddTouchPoints(this IServiceCollection services) => services
        .AddSingleton<TouchPointStore>().AddSingleton<TouchPointSignal>()
        .AddSingleton<PictureWorker>().AddHostedService(provider => provider.GetRequiredService<PictureWorker>())
        .AddSingleton<ReplyWorker>().AddHostedService(provider => provider.GetRequiredService<ReplyWorker>())
        .AddSingleton<TouchPointRescue>().AddHostedService(provider => provider.GetRequiredService<TouchPointRescue>())
        .AddSingleton<TouchPointWorker>().AddHostedService(provider => provider.GetRequiredService<TouchPointWorker>());

    private static IServiceCollection AddCadences(this IServiceCollection services) => services
        .AddSingleton<CadenceStore>().AddSingleton<CadenceBook>().AddSingleton<CadenceTrials>()
        .AddSingleton<CadenceRound>().AddHostedService(provider => provider.GetRequiredService<CadenceRound>());

    private static IServiceCollection AddAppointments(this IServiceCollection services) => services
        .AddBookings().AddSingleton<BayStore>().AddSingleton<StaffBookings>().AddSingleton<AppointmentSignal>().AddSingleton<AppointmentFollowUp>().AddSingleton<CrmCalendar>()
        .AddSingleton<CrmAppointmentStore>().AddSingleton<CalendarChanges>()
        .AddSingleton<AppointmentWorker>().AddHostedService(provider => provider.GetRequiredService<AppointmentWorker>());

    // One client for the life of the process; its connections are renewed, so that a vendor's new address is noticed.
    private static HttpClient Vendor(IServiceProvider provider, string name) => provider.GetRequiredService<IHttpClientFactory>().CreateClient(name);
}
