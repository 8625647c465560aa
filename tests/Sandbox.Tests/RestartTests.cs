using LeadOrchestrator.Sandbox.Shopmonkey;

namespace LeadOrchestrator.Sandbox.Tests;

public sealed class RestartTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sandbox-restart").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Ledger_CRM_and_phones_survive_a_restart_and_half_a_line()
    {
        var settings = SandboxSettings.ForTests with { DataFolder = _folder, PublicUrl = new Uri("http://127.0.0.1:9") };
        string order;
        await using (var first = await SandboxServer.StartAsync(settings))
        {
            order = (await first.Crm.AddQuoteAsync(new NewQuote { Deliver = false })).OrderId;
            await first.Crm.MoveOrderAsync(order, "6287a4364d1a727554e091c0", deliver: false);
            await first.Twilio.ReceiveAsync("+15125550123", "STOP");
            first.Ledger.Append(Vendor.Twilio, "messages.create", null, "accepted 201", accepted: true, "SM1");
        }

        await File.AppendAllTextAsync(Path.Combine(_folder, "ledger.jsonl"), "{\"seq\":2,\"at\":");
        await using var second = await SandboxServer.StartAsync(settings);

        second.Crm.Row("order", order)!["workflowStatusId"]!.GetValue<string>().ShouldBe("6287a4364d1a727554e091c0");
        second.Phones.MessagesOf("+15125550123").Select(text => text.Body).ShouldContain("STOP");
        second.Phones.IsStopped("+15125550123").ShouldBeTrue();
        second.Ledger.Items.ShouldHaveSingleItem().Id.ShouldBe("SM1");
        second.Ledger.Append(Vendor.Twilio, "messages.create", null, "accepted 201", accepted: true, "SM2").Seq.ShouldBe(2);
        var next = await second.Crm.AddQuoteAsync(new NewQuote { Deliver = false });
        second.Crm.Row("order", next.OrderId)!["number"]!.GetValue<string>().ShouldBe("1010");
    }

    [Fact]
    public async Task Each_companys_rows_survive_apart_and_what_was_taken_away_stays_away()
    {
        var settings = SandboxSettings.ForTests with { DataFolder = _folder, PublicUrl = new Uri("http://127.0.0.1:9") };
        Quote kept, gone;
        await using (var first = await SandboxServer.StartAsync(settings))
        {
            var bright = first.CrmOf(CrmAccount.BrightDetail.CompanyId);
            kept = await bright.AddQuoteAsync(new NewQuote());
            gone = await bright.AddQuoteAsync(new NewQuote());
            await bright.DeleteAsync("order", gone.OrderId, leavesRow: false);
        }

        await using var second = await SandboxServer.StartAsync(settings);

        var again = second.CrmOf(CrmAccount.BrightDetail.CompanyId);
        again.Row("order", kept.OrderId).ShouldNotBeNull();
        again.Row("order", gone.OrderId).ShouldBeNull();
        second.Crm.Row("order", kept.OrderId).ShouldBeNull();
    }
}
