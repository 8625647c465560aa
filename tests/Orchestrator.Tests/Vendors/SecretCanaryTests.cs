using System.Net.Http.Json;
using LeadOrchestrator.Orchestrator.Vendors;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.Vendors;

/// <summary>There is one console, and what others write to it meanwhile is nobody's business here.</summary>
[CollectionDefinition(nameof(Console), DisableParallelization = true)]
public sealed class OneConsole;

/// <summary>A secret that is found anywhere but at its vendor has leaked.</summary>
[Collection(nameof(Console))]
public sealed class SecretCanaryTests : TwoFranchises
{
    private const string ApiKey = "canary-shopmonkey-8f2c1d";
    private const string Secret = "canary-webhook-secret-8f2c1d";
    private const string AuthToken = "canary-twilio-token-8f2c1d";
    private const string MailKey = "canary-sendgrid-8f2c1d";

    [Fact]
    public async Task No_secret_is_in_a_log_an_answer_a_trace_of_an_error_or_the_health_page()
    {
        var before = Console.Out;
        // Not disposed: who logs may still write into it.
        var log = new StringWriter();
        var answers = new List<string>();
        Console.SetOut(TextWriter.Synchronized(log));
        try
        {
            var app = await StartOnBothAsync(("LOG_LEVEL", "trace"));
            using var owner = await SignInAsync("owner@bright.example", "a-long-password");
            await KeepAsync(answers, owner.PutAsJsonAsync("/api/vendor-credentials/shopmonkey", new { apiKey = ApiKey, webhookSecrets = new[] { Secret } }));
            await KeepAsync(answers, owner.PutAsJsonAsync("/api/vendor-credentials/twilio", new { accountSid = AccountSid, authToken = AuthToken, phoneNumber = Number }));
            await KeepAsync(answers, owner.PutAsJsonAsync("/api/vendor-credentials/sendgrid", new { apiKey = MailKey, fromEmail = "a@b.co" }));
            // Refused by the vendors, each in its own way.
            await KeepAsync(answers, owner.PostAsync("/api/webhook-registrations", null));
            await KeepAsync(answers, owner.GetAsync("/api/vendor-credentials"));
            await KeepAsync(answers, owner.PutAsJsonAsync("/api/vendor-credentials/shopmonkey", new { apiKey = ApiKey, webhookSecrets = new[] { Secret, "short" } }));
            await KeepAsync(answers, owner.PutAsJsonAsync("/api/vendor-credentials/twilio", new { accountSid = 5, authToken = AuthToken, phoneNumber = Number }));
            await KeepAsync(answers, Http.GetAsync("/health"));
            await StopAsync(app);
        }
        finally
        {
            Console.SetOut(before);
        }

        log.ToString().ShouldContain("1032", Case.Sensitive, "the log was really read");
        foreach (var text in answers.Append(log.ToString()))
        {
            text.ShouldNotContain("8f2c1d");
        }
    }

    [Fact]
    public void A_record_that_holds_a_secret_prints_its_name_alone()
    {
        var url = new Uri("http://localhost");
        object[] records =
        [
            new ShopmonkeyAccount(url, ApiKey, null, [Secret]), new TwilioAccount(url, AccountSid, AuthToken, Number, null), new SendGridAccount(url, MailKey, "a@b.co", null, null),
            new ShopmonkeyCredentials(ApiKey, null, [Secret]), new TwilioCredentials(AccountSid, AuthToken, Number, null), new SendGridCredentials(MailKey, "a@b.co", null, null),
        ];

        records.ShouldAllBe(record => record.ToString() == record.GetType().Name);
    }

    private static async Task KeepAsync(List<string> answers, Task<HttpResponseMessage> answer)
    {
        using var done = await answer;
        answers.Add(await done.Content.ReadAsStringAsync());
    }
}
