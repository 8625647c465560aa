using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using LeadOrchestrator.Sandbox.Shopmonkey;

namespace LeadOrchestrator.Sandbox.Tests.Shopmonkey;

/// <summary>Several companies behind one address: a key opens its own.</summary>
public sealed class CompaniesTests : SandboxTest
{
    private static readonly CrmAccount Bright = CrmAccount.BrightDetail;

    protected override SandboxSettings Settings => SandboxSettings.ForTests with { ShopmonkeyRequestsPerMinute = 5 };

    private Crm BrightCrm => Sandbox.CrmOf(Bright.CompanyId);

    [Fact]
    public async Task A_key_sees_its_own_company_and_nothing_of_another()
    {
        var quote = await BrightCrm.AddQuoteAsync(new NewQuote { FirstName = "Mina" });

        (await NamesAsync(Settings.ShopmonkeyApiKey)).ShouldBe(["Acme Tint Austin", "Acme Tint Phoenix"]);
        (await NamesAsync(Bright.ApiKey)).ShouldBe(["Bright Detail Brooklyn"]);
        (await AskAsync(Settings.ShopmonkeyApiKey, "order/" + quote.OrderId)).Status.ShouldBe(404);
        (await AskAsync(Bright.ApiKey, "order/" + Crm.SampleOrderId)).Status.ShouldBe(404);
        (await AskAsync(Bright.ApiKey, "order/" + quote.OrderId)).Body!["data"]!["companyId"]!.GetValue<string>().ShouldBe(Bright.CompanyId);
    }

    [Fact]
    public async Task A_key_has_a_budget_of_its_own_which_can_be_lifted_meanwhile()
    {
        for (var call = 0; call < 5; call++)
        {
            (await AskAsync(Settings.ShopmonkeyApiKey, "location")).Status.ShouldBe(200);
        }

        (await AskAsync(Settings.ShopmonkeyApiKey, "location")).Status.ShouldBe(429);
        (await AskAsync(Bright.ApiKey, "location")).Status.ShouldBe(200);

        using var lifted = await Http.PutAsJsonAsync($"/_sandbox/companies/{Settings.ShopmonkeyCompanyId}", new { requestsPerMinute = 100 });
        var (status, _, response) = await AskAsync(Settings.ShopmonkeyApiKey, "location");

        status.ShouldBe(200);
        response.Headers.GetValues("X-RateLimit-Limit-Minute").ShouldBe(["100"]);
        response.Headers.GetValues("X-RateLimit-Remaining-Minute").ShouldBe(["94"]);
        (Sandbox.Crm.Requests, Sandbox.Crm.RefusedRequests, BrightCrm.Requests).ShouldBe((6, 1, 1));
        var listed = (await Http.GetFromJsonAsync<JsonNode>("/_sandbox/companies"))!["items"]!.AsArray();
        listed.Select(item => item!["requests"]!.GetValue<long>()).ShouldBe([6, 1]);
    }

    [Theory]
    [InlineData("nobody", 5, 404)]
    [InlineData("6287a4154d1a72cc5ce091cc", -1, 400)]
    public async Task A_budget_that_makes_no_sense_is_refused(string company, int budget, int status)
    {
        using var answer = await Http.PutAsJsonAsync($"/_sandbox/companies/{company}", new { requestsPerMinute = budget });

        ((int)answer.StatusCode).ShouldBe(status);
    }

    [Fact]
    public async Task The_second_company_tells_nobody_until_it_has_registered_and_then_signs_with_the_registrations_secret()
    {
        (await BrightCrm.AddQuoteAsync(new NewQuote())).Deliveries.ShouldBeEmpty();
        (await AskAsync(Bright.ApiKey, "webhook")).Body!["data"]!.AsArray().ShouldBeEmpty();

        await RegisterAsync("/webhooks/shopmonkey/bright-detail", "whsec_" + Convert.ToBase64String("another secret of 32 characters."u8));
        (await BrightCrm.AddQuoteAsync(new NewQuote())).Deliveries.ShouldHaveSingleItem().Succeeded.ShouldBeTrue();
        await Sandbox.Crm.AddQuoteAsync(new NewQuote { Deliver = false });

        var posted = Product.Received.ShouldHaveSingleItem();
        posted.Path.ShouldBe("/webhooks/shopmonkey/bright-detail");
        posted.Headers["webhook-signature"].ShouldBe(Signature("whsec_" + Convert.ToBase64String("another secret of 32 characters."u8), posted));
        JsonNode.Parse(posted.Body)!["data"]!["locationId"]!.GetValue<string>().ShouldBe(Crm.BrooklynId);
    }

    [Fact]
    public async Task A_registration_that_names_no_secret_is_signed_with_its_own_companys()
    {
        await RegisterAsync("/webhooks/shopmonkey/bright-detail", null);
        await RegisterAsync("/webhooks/shopmonkey", null); // The first company's address is one like another to this one.

        await BrightCrm.AddQuoteAsync(new NewQuote());

        Product.Received.Count.ShouldBe(2);
        Product.Received.ShouldAllBe(posted => posted.Headers["webhook-signature"] == Signature(Bright.WebhookSecret, posted));
    }

    [Fact]
    public void The_shops_of_one_company_differ_in_zone_columns_and_prices()
    {
        var crm = Sandbox.Crm;
        string[] Of(string table, string location, string field) =>
            [.. crm.Rows(table).Where(row => row["locationId"]!.GetValue<string>() == location).Select(row => row[field]!.ToString())];

        crm.Rows("location").Select(row => row["timezone"]!.GetValue<string>()).ShouldBe(["America/Chicago", "America/Phoenix"]);
        (Of("workflow_status", Crm.AustinId, "name")[0], Of("workflow_status", Crm.PhoenixId, "name")[0]).ShouldBe(("Website Leads", "New Quotes"));
        Of("workflow_status", Crm.AustinId, "name").Intersect(Of("workflow_status", Crm.PhoenixId, "name")).ShouldBeEmpty();
        var prices = crm.Rows("canned_service").Where(row => row["name"]!.GetValue<string>() == "Full Car Carbon Tint").Select(row => row["totalCents"]!.GetValue<int>());
        prices.ShouldBe([24900, 27900]);
        Of("canned_service", Crm.PhoenixId, "name").ShouldContain("Full Car Desert Ceramic Tint");
        Of("canned_service", Crm.AustinId, "name").ShouldNotContain("Full Car Desert Ceramic Tint");
    }

    [Fact]
    public async Task A_request_arrives_in_the_first_column_of_its_shop()
    {
        var quote = await Sandbox.Crm.AddQuoteAsync(new NewQuote { LocationId = Crm.PhoenixId, Deliver = false });

        var column = Sandbox.Crm.Row("order", quote.OrderId)!["workflowStatusId"]!.GetValue<string>();
        Sandbox.Crm.Row("workflow_status", column)!["name"]!.GetValue<string>().ShouldBe("New Quotes");
    }

    private async Task RegisterAsync(string path, string? secret)
    {
        using var request = Request(HttpMethod.Post, Bright.ApiKey, "webhook");
        request.Content = JsonContent.Create(new { name = path, url = Product.Url + path, enabled = true, triggers = new[] { "Order" }, secret });
        (await SendAsync(request)).Status.ShouldBe(200);
    }

    private static string Signature(string secret, Posted posted) => StandardWebhookSignature.Sign(
        secret, posted.Headers["webhook-id"], long.Parse(posted.Headers["webhook-timestamp"], null), Encoding.UTF8.GetBytes(posted.Body));

    private async Task<string[]> NamesAsync(string key) =>
        [.. (await AskAsync(key, "location")).Body!["data"]!.AsArray().Select(row => row!["name"]!.GetValue<string>())];

    private async Task<(int Status, JsonNode? Body, HttpResponseMessage Response)> AskAsync(string key, string path)
    {
        using var request = Request(HttpMethod.Get, key, path);
        return await SendAsync(request);
    }

    private static HttpRequestMessage Request(HttpMethod method, string key, string path) =>
        new(method, "/v3/" + path) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", key) } };
}
