using LeadOrchestrator.Orchestrator.Pictures;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.Pictures;

/// <summary>Pictures that come with texts are kept: the picture, not only where it was.</summary>
public sealed class PictureTests(Shop shop) : IClassFixture<Shop>
{
    [Fact]
    public async Task A_picture_is_fetched_from_the_vendor_and_kept()
    {
        var lead = await ReceivedAsync("+15125552401", "sample");

        var picture = await PictureAsync(lead, "stored");

        picture["content_type"].ShouldBe("image/png");
        PictureKind.Of((byte[])picture["content"]!).ShouldBe("image/png");
    }

    [Fact]
    public async Task Our_key_goes_to_no_other_host()
    {
        var lead = await ReceivedAsync("+15125552402", "http://127.0.0.1:9/picture.png");

        (await PictureAsync(lead, "refused"))["reason"].ShouldBe("not_at_the_vendor");
    }

    [Fact]
    public async Task What_is_no_picture_is_not_kept()
    {
        var lead = await ReceivedAsync("+15125552403", new Uri(shop.Sandbox.Url, "/").ToString());

        (await PictureAsync(lead, "refused"))["reason"].ShouldBe("not_a_picture");
    }

    [Fact]
    public async Task A_vendor_that_is_away_is_asked_again()
    {
        shop.Sandbox.Faults.Add(new Sandbox.Fault { Vendor = Sandbox.Vendor.Twilio, Kind = Sandbox.FaultKind.Status, Status = 503, Operation = "media.get" });
        var lead = await ReceivedAsync("+15125552404", "sample");

        await Eventually.TrueAsync(async () => await shop.Database.ScalarAsync<long>("SELECT count(*) FROM message_pictures WHERE reason = 'could_not_be_fetched' AND status = 'waiting'") == 1, "the first try to fail");
        await shop.Database.ExecuteAsync("UPDATE message_pictures SET next_try_at = now() WHERE status = 'waiting'");
        await PictureAsync(lead, "stored");
    }

    [Fact]
    public async Task A_picture_that_the_vendor_does_not_have_yet_is_asked_for_again()
    {
        shop.Sandbox.Faults.Add(new Sandbox.Fault { Vendor = Sandbox.Vendor.Twilio, Kind = Sandbox.FaultKind.Status, Status = 404, Operation = "media.get" });
        var lead = await ReceivedAsync("+15125552405", "sample");

        await PictureAsync(lead, "waiting", hasFailed: true);
        await shop.Database.ExecuteAsync("UPDATE message_pictures SET next_try_at = now() WHERE status = 'waiting'");
        await PictureAsync(lead, "stored");
    }

    [Theory]
    [InlineData(404, 7, "+15125552406")]
    [InlineData(410, 0, "+15125552407")]
    public async Task A_picture_that_is_gone_says_so(int status, int triesBefore, string phone)
    {
        shop.Sandbox.Faults.Add(new Sandbox.Fault { Vendor = Sandbox.Vendor.Twilio, Kind = Sandbox.FaultKind.Status, Status = 404, Operation = "media.get" });
        var lead = await ReceivedAsync(phone, "sample");
        await PictureAsync(lead, "waiting", hasFailed: true);

        shop.Sandbox.Faults.Add(new Sandbox.Fault { Vendor = Sandbox.Vendor.Twilio, Kind = Sandbox.FaultKind.Status, Status = status, Operation = "media.get" });
        await shop.Database.ExecuteAsync("UPDATE message_pictures SET next_try_at = now(), attempts = $1 WHERE status = 'waiting'", triesBefore);

        (await PictureAsync(lead, "refused"))["reason"].ShouldBe("gone_at_the_vendor");
    }

    [Theory]
    [InlineData("FFD8FFE0", "image/jpeg")]
    [InlineData("474946383961", "image/gif")]
    [InlineData("524946460000000057454250", "image/webp")]
    [InlineData("3C737667", null)]
    [InlineData("", null)]
    public void A_picture_is_known_by_its_first_bytes(string hex, string? type) => PictureKind.Of(Convert.FromHexString(hex)).ShouldBe(type);

    private async Task<Guid> ReceivedAsync(string phone, string picture)
    {
        var quote = await shop.QuoteAsync(phone);
        await shop.TouchAsync(quote.OrderId, "delivered");
        await shop.Sandbox.Twilio.ReceiveAsync(phone, "", null, [picture]);
        return (Guid)(await shop.LeadAsync(quote.OrderId))["id"]!;
    }

    private Task<IReadOnlyDictionary<string, object?>> PictureAsync(Guid lead, string status, bool hasFailed = false) => Eventually.ValueAsync(
        async () => (await shop.Database.RowsAsync("SELECT p.* FROM message_pictures p JOIN chat_sessions s ON s.id = p.session_id WHERE s.lead_id = $1", lead)).SingleOrDefault(),
        row => (string?)row?["status"] == status && (!hasFailed || (string?)row?["reason"] is not null), $"the picture to be {status}")!;
}
