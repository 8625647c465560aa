using System.Net;
using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json.Nodes;

namespace LeadOrchestrator.Sandbox.Tests;

/// <summary>What can be broken is told, listed and taken back over HTTP.</summary>
public sealed class FaultSurfaceTests : FaultTest
{
    private static IEnumerable<string> AllKinds => typeof(FaultKind).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Where(constant => constant.IsLiteral).Select(constant => (string)constant.GetRawConstantValue()!);

    [Fact]
    public async Task Every_kind_is_offered_with_a_sentence_and_is_in_the_README()
    {
        var items = (await Http.GetFromJsonAsync<JsonNode>("/_sandbox/faults/kinds"))!["items"]!.AsArray();

        items.Select(item => item!["kind"]!.GetValue<string>()).Distinct().ShouldBe(AllKinds, ignoreOrder: true);
        items.ShouldAllBe(item => item!["sentence"]!.GetValue<string>().EndsWith('.'));
        items.Select(item => (item!["vendor"]!.GetValue<string>(), item["kind"]!.GetValue<string>())).Distinct().Count().ShouldBe(items.Count);
        var readme = await File.ReadAllTextAsync(ReadmePath());
        AllKinds.ShouldAllBe(kind => readme.Contains($"`{kind}`", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_kind_that_is_offered_can_be_armed_with_what_it_offers()
    {
        var items = (await Http.GetFromJsonAsync<JsonNode>("/_sandbox/faults/kinds"))!["items"]!.AsArray();
        foreach (var item in items)
        {
            var fault = new JsonObject { ["vendor"] = item!["vendor"]!.DeepClone(), ["kind"] = item["kind"]!.DeepClone() };
            foreach (var parameter in item["parameters"]!.AsArray().Where(parameter => parameter!["default"] is not null))
            {
                fault[parameter!["name"]!.GetValue<string>()] = parameter["default"]!.DeepClone();
            }

            await ArmAsync(fault);
        }

        (await ArmedAsync()).Count.ShouldBe(items.Count);
    }

    [Fact]
    public async Task A_kind_of_another_vendor_and_a_negative_number_are_refused_in_words()
    {
        using var foreign = await Http.PostAsJsonAsync("/_sandbox/faults", new { vendor = "twilio", kind = "no_usage" });
        using var negative = await Http.PostAsJsonAsync("/_sandbox/faults", new { vendor = "twilio", kind = "hang", seconds = -1 });

        foreign.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await foreign.Content.ReadAsStringAsync()).ShouldContain("list_lag");
        negative.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await ArmedAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Faults_are_removed_one_by_one_by_name_and_all_at_once()
    {
        var first = await ArmAsync(new { vendor = "twilio", kind = "status", count = 5 });
        await ArmAsync(new { vendor = "twilio", kind = "hang" });
        await ArmAsync(new { vendor = "sendgrid", kind = "hang" });

        (await Http.DeleteAsync($"/_sandbox/faults/{first["id"]}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await Http.DeleteAsync($"/_sandbox/faults/{first["id"]}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await ArmedAsync()).Count.ShouldBe(2);
        await Http.DeleteAsync("/_sandbox/faults?vendor=twilio");
        (await ArmedAsync()).ShouldHaveSingleItem()!["vendor"]!.GetValue<string>().ShouldBe("sendgrid");
        await Http.DeleteAsync("/_sandbox/faults");
        (await ArmedAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Any_fault_can_stay_or_end_by_time()
    {
        await ArmAsync(new { vendor = "twilio", kind = "status", always = true });
        await ArmAsync(new { vendor = "sendgrid", kind = "status", forSeconds = 0.2 });

        (await WriteAsync(Vendor.Twilio)).ShouldBe(503);
        (await WriteAsync(Vendor.Twilio)).ShouldBe(503);
        (await WriteAsync(Vendor.SendGrid)).ShouldBe(503);
        (await ArmedAsync()).Select(item => item!["secondsLeft"] is not null).ShouldBe([false, true]);
        await Until.TrueAsync(() => WriteAsync(Vendor.SendGrid), status => status == 202, "its time is over");
        (await ArmedAsync()).Count.ShouldBe(1);
    }

    private static string ReadmePath()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "LeadOrchestrator.slnx")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return Path.Combine(folder, "dev", "Sandbox", "README.md");
    }
}
