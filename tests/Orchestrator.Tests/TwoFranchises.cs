using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Sandbox.Shopmonkey;
using LeadOrchestrator.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.Tests;

/// <summary>A shop of the environment, and a second franchise with accounts of its own at every vendor; both on one database and one Orchestrator.</summary>
public class TwoFranchises : Shop
{
    public const string Slug = "bright-detail";
    public const string Company = "second-company-0001";
    public const string Key = "second-shopmonkey-key-0001";
    public const string WebhookSecret = "whsec_c2Vjb25kLWNvbXBhbnktd2ViaG9vay1zZWNyZXQ=";
    public const string AccountSid = "AC11111111111111111111111111111111";
    public const string Token = "second-twilio-token-0001";
    public const string Number = "+15005550007";

    /// <summary>For DATA_ENCRYPTION_KEY.</summary>
    public static readonly string DataKey = Convert.ToBase64String(Encoding.ASCII.GetBytes("0123456789abcdef0123456789abcdef"));

    private WebApplication _switch = null!;

    /// <summary>The second franchise's vendors.</summary>
    public SandboxServer Second { get; private set; } = null!;

    /// <summary>The second franchise.</summary>
    public Guid SecondId { get; private set; }

    /// <summary>The platform administrator, in the default tenant.</summary>
    public HttpClient Admin { get; private set; } = null!;

    /// <summary>The second franchise's owner.</summary>
    public HttpClient Owner { get; protected set; } = null!;

    /// <summary>The Orchestrator.</summary>
    public WebApplication App { get; private set; } = null!;

    protected override bool StartsOne => false;

    /// <summary>What the Orchestrator's environment has otherwise.</summary>
    protected virtual (string Name, string? Value)[] Changes => [];

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Second = await SandboxServer.StartAsync(SandboxSettings.ForTests with
        {
            StartAt = DateTimeOffset.Parse(Monday10, null), ShopmonkeyApiKey = Key, ShopmonkeyCompanyId = Company, ShopmonkeyWebhookSecret = WebhookSecret,
            TwilioAccountSid = AccountSid, TwilioAuthToken = Token, TwilioPhoneNumber = Number,
        });
        Second.PublicUrl = new Uri(TestVariables.PublicUrl);
        _switch = await StartSwitchAsync();
        App = await StartOnBothAsync(Changes);
        Admin = await SignedInAsync();
        SecondId = (await OkAsync(await Admin.PostAsJsonAsync("/api/tenants", new
        {
            slug = Slug, name = "Bright Detail", timezone = "America/New_York", owner = new { email = "owner@bright.example", password = "a-long-password" },
        }))).GetProperty("id").GetGuid();
        Owner = await SignInAsync("owner@bright.example", "a-long-password");
        await StoreCredentialsAsync();
    }

    /// <summary>Starts an Orchestrator that reaches both companies' vendors.</summary>
    public async Task<WebApplication> StartOnBothAsync(params (string Name, string? Value)[] changes)
    {
        var vendors = _switch.Urls.First();
        var app = await StartAsync([("SHOPMONKEY_BASE_URL", $"{vendors}/v3"), ("TWILIO_BASE_URL", vendors), ("SENDGRID_BASE_URL", vendors), ("DATA_ENCRYPTION_KEY", DataKey), .. changes]);
        Second.DeliverTo = Http.BaseAddress;
        return app;
    }

    /// <summary>The second franchise's own accounts, by its owner.</summary>
    public async Task StoreCredentialsAsync()
    {
        await OkAsync(await Owner.PutAsJsonAsync("/api/vendor-credentials/shopmonkey", new { apiKey = Key, webhookSecrets = new[] { WebhookSecret } }));
        await OkAsync(await Owner.PutAsJsonAsync("/api/vendor-credentials/twilio", new { accountSid = AccountSid, authToken = Token, phoneNumber = Number }));
    }

    /// <summary>Signs somebody in.</summary>
    public async Task<HttpClient> SignInAsync(string email, string password)
    {
        var session = await OkAsync(await Http.PostAsJsonAsync("/api/auth/sessions", new { email, password }));
        var client = new HttpClient { BaseAddress = Http.BaseAddress };
        client.DefaultRequestHeaders.Authorization = new("Bearer", session.GetProperty("accessToken").GetString());
        return client;
    }

    /// <summary>A quote request at the second franchise.</summary>
    public Task<Quote> SecondQuoteAsync(string phone, Func<NewQuote, NewQuote>? change = null)
    {
        var quote = new NewQuote { FirstName = "Bob", LastName = "Example", Phone = phone, Vehicle = "2021 Honda Civic", Service = "Window Tint" };
        return Second.Crm.AddQuoteAsync(change?.Invoke(quote) ?? quote);
    }

    /// <summary>The body of an answer that must be a success.</summary>
    public static async Task<JsonElement> OkAsync(HttpResponseMessage answer)
    {
        using (answer)
        {
            answer.IsSuccessStatusCode.ShouldBeTrue($"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
            return answer.StatusCode == HttpStatusCode.NoContent ? default : await answer.Content.ReadFromJsonAsync<JsonElement>();
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Second.DisposeAsync();
        await _switch.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    // Vendors have one address for everybody; whose account it is says the key.
    private async Task<WebApplication> StartSwitchAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
        app.Lifetime.ApplicationStopped.Register(http.Dispose);
        app.Map("/{**path}", (HttpContext context) => PassOnAsync(context, http));
        await app.StartAsync();
        return app;
    }

    private async Task PassOnAsync(HttpContext context, HttpClient http)
    {
        var asked = context.Request;
        using var body = new MemoryStream();
        await asked.Body.CopyToAsync(body);
        using var request = new HttpRequestMessage(new HttpMethod(asked.Method), (IsSeconds(asked) ? Second : Sandbox).BareUrl + asked.Path + asked.QueryString);
        request.Headers.TryAddWithoutValidation("Authorization", asked.Headers.Authorization.ToString());
        if (body.Length > 0)
        {
            request.Content = new ByteArrayContent(body.ToArray());
            request.Content.Headers.TryAddWithoutValidation("Content-Type", asked.ContentType);
        }

        using var answer = await http.SendAsync(request);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        await answer.Content.CopyToAsync(context.Response.Body);
    }

    private static bool IsSeconds(HttpRequest request)
    {
        var authorization = request.Headers.Authorization.ToString();
        return authorization.Contains(Key, StringComparison.Ordinal)
            || authorization.Contains(Convert.ToBase64String(Encoding.UTF8.GetBytes($"{AccountSid}:"))[..40], StringComparison.Ordinal);
    }
}
