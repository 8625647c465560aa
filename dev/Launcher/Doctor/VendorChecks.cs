using System.Text;
using LeadOrchestrator.ChatApi.Ai;

namespace LeadOrchestrator.Launcher.Doctor;

/// <summary>Asks each vendor one harmless question with the key that is configured. Nothing is changed, and no key is printed.</summary>
internal sealed class VendorChecks(Patient patient, Wire wire, Findings findings)
{
    private static readonly TimeSpan ToleratedSkew = TimeSpan.FromSeconds(60);

    private bool _isSkewed;

    public async Task RunAsync(CancellationToken stop)
    {
        await ShopmonkeyAsync(stop);
        await TwilioAsync(stop);
        await SendGridAsync(stop);
        await ModelsAsync("Anthropic", "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "https://api.anthropic.com", "/v1/models?limit=1000", "CLAUDE_MODEL", ModelLife.DefaultClaude, stop);
        await ModelsAsync("OpenAI", "OPENAI_API_KEY", "OPENAI_BASE_URL", "https://api.openai.com/v1", "/models", "OPENAI_MODEL", ModelLife.DefaultOpenAi, stop);
        if (patient.Value("ANTHROPIC_API_KEY") is null && patient.Value("OPENAI_API_KEY") is null)
        {
            findings.Fail("the assistant has no model", "set ANTHROPIC_API_KEY or OPENAI_API_KEY");
        }
    }

    private async Task ShopmonkeyAsync(CancellationToken stop)
    {
        if (!IsOn("Shopmonkey", "SHOPMONKEY_API_KEY", "SHOPMONKEY_TENANT_ID") || Base("SHOPMONKEY_BASE_URL", "https://api.shopmonkey.cloud/v3") is not { } url)
        {
            return;
        }

        var key = ("Authorization", $"Bearer {patient.Value("SHOPMONKEY_API_KEY")}");
        var shops = await wire.GetAsync($"{url}/location?limit=100", stop, key);
        if (!Accepted("Shopmonkey", shops, "make a new key at Shopmonkey (Settings, Integration, API Keys) and set SHOPMONKEY_API_KEY"))
        {
            return;
        }

        var companies = shops.Body.Items("data").Select(shop => shop.Text("companyId")).OfType<string>().Distinct().ToList();
        if (companies.Count > 0 && !companies.Contains(patient.Value("SHOPMONKEY_TENANT_ID")!))
        {
            findings.Fail("SHOPMONKEY_TENANT_ID is not the company of the key", "set the companyId of that account; events would be kept as dead (unknown_company)");
        }

        await WebhookAsync(await wire.GetAsync($"{url}/webhook?limit=100", stop, key));
    }

    private Task WebhookAsync(Answer answer)
    {
        const string Path = "/webhooks/shopmonkey";
        if (patient.Value("SHOPMONKEY_WEBHOOK_SECRET") is null)
        {
            findings.Fail("SHOPMONKEY_WEBHOOK_SECRET is not set", "every webhook is refused without it: set the secret of the webhook at Shopmonkey");
        }

        if (!answer.IsSuccess)
        {
            findings.Warn("the webhooks at Shopmonkey could not be read", $"{answer.Words}: look at Settings, Integration, Webhooks whether one leads to PUBLIC_URL{Path}");
            return Task.CompletedTask;
        }

        var ours = answer.Body.Items("data").Where(row => row.Text("url") is { } url && url.Contains(Path, StringComparison.Ordinal)).ToList();
        var wanted = $"{(patient.Value("PUBLIC_URL") ?? "http://localhost:3000").TrimEnd('/')}{Path}";
        var here = ours.Where(row => row.Text("url")!.StartsWith(wanted, StringComparison.OrdinalIgnoreCase)).ToList();
        if (here.Count == 0)
        {
            findings.Fail(ours.Count == 0 ? "Shopmonkey has no webhook to us" : "Shopmonkey's webhook leads elsewhere", $"let it lead to {wanted} (Settings, Integration, Webhooks): new quotes are not heard of");
        }
        else if (here.TrueForAll(row => row.Flag("enabled") == false))
        {
            findings.Fail("Shopmonkey's webhook is switched off", "switch it on (Settings, Integration, Webhooks): new quotes are not heard of");
        }
        else if (here.TrueForAll(row => row.Flag("error") == true))
        {
            findings.Fail("Shopmonkey could not deliver its latest webhook", "it does not reach PUBLIC_URL from where it is: look at the tunnel, DNS and the certificate");
        }
        else
        {
            findings.Ok($"Shopmonkey's webhook leads to {wanted}");
        }

        return Task.CompletedTask;
    }

    private async Task TwilioAsync(CancellationToken stop)
    {
        if (!IsOn("Twilio", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_PHONE_NUMBER") || Base("TWILIO_BASE_URL", "https://api.twilio.com") is not { } url)
        {
            return;
        }

        var sid = patient.Value("TWILIO_ACCOUNT_SID")!;
        var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{sid}:{patient.Value("TWILIO_AUTH_TOKEN")}"));
        var account = await wire.GetAsync($"{url}/2010-04-01/Accounts/{Uri.EscapeDataString(sid)}.json", stop, ("Authorization", $"Basic {credentials}"));
        if (Accepted("Twilio", account, "put the account's current token into TWILIO_AUTH_TOKEN (Twilio console, Account, API keys & tokens)")
            && account.Body.Text("status") is { } status && status != "active")
        {
            findings.Fail($"the Twilio account is {status}", "look at the Twilio console: a suspended account sends nothing");
        }
    }

    private async Task SendGridAsync(CancellationToken stop)
    {
        if (!IsOn("SendGrid", "SENDGRID_API_KEY", "SENDGRID_FROM_EMAIL") || Base("SENDGRID_BASE_URL", "https://api.sendgrid.com") is not { } url)
        {
            return;
        }

        var scopes = await wire.GetAsync($"{url}/v3/scopes", stop, ("Authorization", $"Bearer {patient.Value("SENDGRID_API_KEY")}"));
        if (Accepted("SendGrid", scopes, "make a new key at SendGrid (Settings, API Keys) and set SENDGRID_API_KEY")
            && !scopes.Body.Items("scopes").Any(scope => scope?.GetString() == "mail.send"))
        {
            findings.Fail("SendGrid's key may not send", "give it the right Mail Send (Settings, API Keys)");
        }

        if (patient.Value("SENDGRID_WEBHOOK_PUBLIC_KEY") is null)
        {
            findings.Warn("bounces and complaints of emails are not heard of", "switch SendGrid's signed event webhook on and set SENDGRID_WEBHOOK_PUBLIC_KEY (docs/OPERATIONS.md, Email both ways)");
        }
    }

    private async Task ModelsAsync(
        string vendor, string keyName, string urlName, string defaultUrl, string path, string modelName, string defaultModel, CancellationToken stop)
    {
        if (patient.Value(keyName) is not { } key)
        {
            findings.Off($"{vendor}: {keyName} is not set");
            return;
        }

        if (Base(urlName, defaultUrl) is not { } url)
        {
            return;
        }

        var model = patient.Value(modelName) ?? defaultModel;
        var answer = vendor == "Anthropic"
            ? await wire.GetAsync(url + path, stop, ("x-api-key", key), ("anthropic-version", "2023-06-01"))
            : await wire.GetAsync(url + path, stop, ("Authorization", $"Bearer {key}"));
        if (!Accepted(vendor, answer, $"put a valid key into {keyName}"))
        {
            return;
        }

        var known = answer.Body.Items("data").Select(row => row.Text("id")).OfType<string>().ToHashSet(StringComparer.Ordinal);
        if (known.Count > 0 && !known.Contains(model))
        {
            findings.Fail($"{vendor} does not serve {model}", $"it was retired, or this key may not use it: choose another by {modelName}");
        }
        else if (ModelLife.RetiresOn(model) is { } day && day <= Today.AddDays(ModelLife.DaysAhead))
        {
            var mend = $"choose another by {modelName} ({defaultModel} is the default)";
            if (day > Today)
            {
                findings.Warn($"{model} is switched off on {day:yyyy-MM-dd}, in {day.DayNumber - Today.DayNumber} days", mend);
            }
            else
            {
                findings.Fail($"{model} is switched off since {day:yyyy-MM-dd}", mend);
            }
        }
        else
        {
            findings.Ok($"{vendor} serves {model}");
        }
    }

    private static DateOnly Today => DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);

    // A vendor is on with all of its variables, off with none; the services refuse to start with half.
    private bool IsOn(string vendor, params string[] names)
    {
        var missing = names.Where(name => patient.Value(name) is null).ToList();
        if (missing.Count == names.Length)
        {
            findings.Off($"{vendor}: none of {string.Join(", ", names)} is set");
        }
        else if (missing.Count > 0)
        {
            findings.Fail($"{vendor} is half set", $"set {string.Join(" and ", missing)} too; the services do not start like this");
        }

        return missing.Count == 0;
    }

    private string? Base(string name, string otherwise)
    {
        if (patient.Url(name, otherwise) is { } url)
        {
            return url.AbsoluteUri.TrimEnd('/');
        }

        findings.Fail($"{name} is no http address", $"set it, such as {otherwise}, or leave it unset");
        return null;
    }

    private bool Accepted(string vendor, Answer answer, string mend)
    {
        if (answer.IsDenied)
        {
            findings.Fail($"{vendor} refuses the key ({answer.Words})", mend);
        }
        else if (!answer.IsSuccess)
        {
            findings.Fail($"{vendor} could not be asked ({answer.Words})", "look at its status page, at this machine's network, and at its base URL if one is set");
        }
        else
        {
            findings.Ok($"{vendor} accepts the key");
            Skew(vendor, answer.Date);
        }

        return answer.IsSuccess;
    }

    // Once is enough: it is this machine's clock. A wrong one makes good signatures stale; beside a test's clock, business time is not this machine's at all.
    private void Skew(string vendor, DateTimeOffset? theirs)
    {
        if (patient.Value("TEST_CLOCK_URL") is null && theirs is { } date && (date - TimeProvider.System.GetUtcNow()).Duration() is var skew && skew > ToleratedSkew && !_isSkewed)
        {
            _isSkewed = true;
            findings.Fail($"this machine's clock and {vendor}'s differ by {skew.TotalSeconds:0} s", "set this machine's clock (NTP): webhooks older than 300 s are refused as stale");
        }
    }
}
