using System.Net;
using System.Net.Http.Json;

namespace LeadOrchestrator.Orchestrator.Tests.Leads;

/// <summary>What people type in one line may hold emoji, alone or joined, and no control characters.</summary>
public sealed class PlainTextTests(PlainTextTests.WithKey shop) : IClassFixture<PlainTextTests.WithKey>
{
    /// <summary>Credentials can be kept.</summary>
    public sealed class WithKey : Shop
    {
        protected override bool StartsOne => false;

        public override async ValueTask InitializeAsync()
        {
            await base.InitializeAsync();
            await StartAsync(("DATA_ENCRYPTION_KEY", TwoFranchises.DataKey));
        }
    }

    public static TheoryData<string, bool> Words => new()
    {
        { "Car wash 🚗", true }, { "Family \U0001F468\u200D\U0001F469\u200D\U0001F467 day", true }, { "می\u200Cخواهم", true }, { "Ring\u0007", false }, { "Two\nlines", false },
    };

    [Theory]
    [MemberData(nameof(Words))]
    public async Task A_hold_a_subject_a_franchise_a_bay_and_a_sender_take_them(string words, bool isTaken)
    {
        using var admin = await shop.SignedInAsync();
        var location = await shop.LocationAsync();
        var lead = await shop.LeadByApiAsync(admin, location, null, $"{Guid.CreateVersion7():N}@example.com");
        var slug = $"t-{Guid.CreateVersion7():N}";

        var answers = new Dictionary<string, HttpResponseMessage>
        {
            ["hold"] = await admin.PostAsJsonAsync("/api/holds", new { scope = "lead", leadId = lead, reason = words }),
            ["subject"] = await admin.PostAsJsonAsync($"/api/leads/{lead}/messages", new { channel = "email", content = "Hello", subject = words }),
            ["tenant"] = await admin.PostAsJsonAsync("/api/tenants", new { slug, name = words, timezone = "America/Chicago" }),
            ["change"] = await admin.PatchAsJsonAsync($"/api/tenants/{await shop.TenantAsync()}", new { name = words }),
            ["bay"] = await admin.PutAsJsonAsync($"/api/locations/{location}/bays", new { bays = new[] { new { name = words } } }),
            ["sender"] = await admin.PutAsJsonAsync("/api/vendor-credentials/sendgrid", new { apiKey = "SG.sandbox", fromEmail = "hello@acme-tint.example", fromName = words }),
        };

        answers.Where(answer => answer.Value.IsSuccessStatusCode != isTaken || (!isTaken && answer.Value.StatusCode != HttpStatusCode.BadRequest)).Select(answer => answer.Key).ShouldBeEmpty();
    }
}
