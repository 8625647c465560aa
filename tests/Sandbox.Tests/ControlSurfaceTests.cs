using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace LeadOrchestrator.Sandbox.Tests;

public sealed class ControlSurfaceTests : SandboxTest
{
    [Fact]
    public async Task A_quote_request_over_HTTP_reaches_the_product_and_the_board()
    {
        var made = await PostAsync("quotes", new { firstName = "Bo", lastName = "Test", phone = Customer, vehicle = "2020 Toyota Camry", service = "Sunroof Tint" });
        await Sandbox.SettledAsync();

        var posted = JsonNode.Parse(Product.Received.ShouldHaveSingleItem().Body)!;
        posted["data"]!["id"]!.GetValue<string>().ShouldBe(made["orderId"]!.GetValue<string>());
        var board = (await Http.GetFromJsonAsync<JsonNode>("/_sandbox/crm"))!;
        board["orders"]!.AsArray().Select(order => order!["customer"]!.GetValue<string>()).ShouldContain("Bo Test");
        board["columns"]!.AsArray().Select(column => column!["name"]!.GetValue<string>()).ShouldContain("Website Leads");

        await Http.PutAsJsonAsync($"/_sandbox/orders/{made["orderId"]}/column", new { workflowStatusId = "6287a4364d1a727554e091c0" });
        await Sandbox.SettledAsync();

        var moved = JsonNode.Parse(Product.Received[^1].Body)!;
        moved["operation"]!.GetValue<string>().ShouldBe("UPDATE");
        moved["diff"]!.AsArray().Select(name => name!.GetValue<string>()).ShouldContain("workflowStatusId");
    }

    [Fact]
    public async Task The_phone_sends_and_shows_texts_over_HTTP()
    {
        await TextAsync(body: "Hi Bo");
        await Sandbox.SettledAsync();

        (await PostAsync("phones/%2B15125550123/messages", new { body = "How much?" }))["status"]!.GetValue<int>().ShouldBe(200);

        var texts = (await Http.GetFromJsonAsync<JsonArray>("/_sandbox/phones/15125550123/messages"))!;
        texts.Select(text => text!["body"]!.GetValue<string>()).ShouldBe(["Hi Bo", "How much?"]);
        texts[0]!["status"]!.GetValue<string>().ShouldBe("delivered");
        (await Http.GetFromJsonAsync<JsonArray>("/_sandbox/phones"))![0]!["number"]!.GetValue<string>().ShouldBe(Customer);
    }

    [Fact]
    public async Task Clock_faults_model_and_ledger_answer_over_HTTP()
    {
        await Http.PutAsJsonAsync("/_sandbox/clock", new { now = "2026-12-01T10:00:00Z" });
        await Http.PutAsJsonAsync("/_sandbox/clock", new { advanceSeconds = 3600 });
        (await Http.GetFromJsonAsync<JsonNode>("/_sandbox/clock"))!["now"]!.GetValue<string>().ShouldStartWith("2026-12-01T11:00");

        (await Http.PostAsJsonAsync("/_sandbox/faults", new { vendor = "twilio", kind = "no_such" })).StatusCode.ShouldBe(System.Net.HttpStatusCode.BadRequest);
        await PostAsync("faults", new { vendor = "twilio", kind = "status", status = 503, count = 2 });
        (await TextAsync()).Status.ShouldBe(503);
        (await Http.GetFromJsonAsync<JsonNode>("/_sandbox/faults"))!["items"]![0]!["count"]!.GetValue<int>().ShouldBe(1);
        await Http.DeleteAsync("/_sandbox/faults");
        (await TextAsync()).Status.ShouldBe(201);

        await Http.PutAsJsonAsync("/_sandbox/model", new { tokenDelayMs = 5, script = "Hello" });
        (Sandbox.Model.TokenDelay, Sandbox.Model.Script).ShouldBe((TimeSpan.FromMilliseconds(5), "Hello"));
        var ledger = (await Http.GetFromJsonAsync<JsonNode>("/_sandbox/ledger?vendor=twilio"))!["items"]!.AsArray();
        ledger.Select(item => item!["outcome"]!.GetValue<string>()).ShouldBe(["refused 503", "accepted 201"]);
    }

    [Fact]
    public async Task The_page_is_served_whole_and_asks_no_other_host()
    {
        foreach (var name in (string[])["", "style.css", "app.js", "faults.js", "mails.js", "favicon.svg"])
        {
            var text = await Http.GetStringAsync("/" + name);
            text.ShouldNotContain("src=\"http");
            text.ShouldNotContain("href=\"http");
            text.ShouldNotContain("url(http");
        }
    }

    [Fact]
    public async Task A_mail_is_taken_with_an_id_and_kept()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v3/mail/send") { Headers = { { "Authorization", "Bearer SG.sandbox" } } };
        request.Content = JsonContent.Create(new
        {
            personalizations = new[] { new { to = new[] { new { email = "b@example.com" } } } },
            from = new { email = "a@example.com" },
            subject = "Your quote",
            content = new[] { new { type = "text/plain", value = "Hello" } },
        });

        var (status, _, response) = await SendAsync(request);

        status.ShouldBe(202);
        var mail = Sandbox.SendGrid.Sent.ShouldHaveSingleItem();
        response.Headers.GetValues("X-Message-Id").ShouldBe([mail.Id]);
        (mail.To[0], mail.Subject, mail.Text).ShouldBe(("b@example.com", "Your quote", "Hello"));
    }

    private async Task<JsonNode> PostAsync(string path, object body)
    {
        var response = await Http.PostAsJsonAsync("/_sandbox/" + path, body);
        response.StatusCode.ShouldBe(System.Net.HttpStatusCode.Created);
        return (await response.Content.ReadFromJsonAsync<JsonNode>())!;
    }
}
