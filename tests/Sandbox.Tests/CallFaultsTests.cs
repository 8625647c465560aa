using System.Diagnostics;
using System.Net.Sockets;

namespace LeadOrchestrator.Sandbox.Tests;

/// <summary>What can happen to any call of Twilio, SendGrid and Shopmonkey.</summary>
public sealed class CallFaultsTests : FaultTest
{
    public static TheoryData<string> Vendors => [Vendor.Twilio, Vendor.SendGrid, Vendor.Shopmonkey];

    [Theory]
    [MemberData(nameof(Vendors))]
    public async Task A_call_is_taken_and_the_line_drops(string vendor)
    {
        await ArmAsync(new { vendor, kind = "accept_then_drop" });

        (await WriteAsync(vendor)).ShouldBe(0);

        Taken(vendor).ShouldBe(1);
        Sandbox.Ledger.Of(vendor)[0].Outcome.ShouldEndWith(", then the connection dropped");
        (await ArmedAsync()).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Vendors))]
    public async Task A_call_is_taken_and_answered_500(string vendor)
    {
        await ArmAsync(new { vendor, kind = "accept_then_500", count = 2 });

        (await WriteAsync(vendor)).ShouldBe(500);
        (await ArmedAsync()).ShouldHaveSingleItem()!["count"]!.GetValue<int>().ShouldBe(1);
        (await WriteAsync(vendor)).ShouldBe(500);

        Taken(vendor).ShouldBe(2);
        (await ArmedAsync()).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Vendors))]
    public async Task A_line_drops_before_the_call_is_taken(string vendor)
    {
        await ArmAsync(new { vendor, kind = "drop_before_accept" });

        (await WriteAsync(vendor)).ShouldBe(0);

        Taken(vendor).ShouldBe(0);
        Sandbox.Ledger.Of(vendor).ShouldHaveSingleItem().Outcome.ShouldStartWith("dropped");
    }

    [Theory]
    [MemberData(nameof(Vendors))]
    public async Task A_call_hangs_before_or_after_it_is_taken(string vendor)
    {
        await ArmAsync(new { vendor, kind = "hang", seconds = 0.05 });
        (await WriteAsync(vendor)).ShouldBe(0);
        Taken(vendor).ShouldBe(0);

        await ArmAsync(new { vendor, kind = "hang", seconds = 0.05, accepted = true });
        (await WriteAsync(vendor)).ShouldBeInRange(200, 202);
        Taken(vendor).ShouldBe(1);
    }

    [Theory]
    [InlineData(Vendor.Twilio)]
    [InlineData(Vendor.Shopmonkey)]
    public async Task An_answer_trickles_in_whole_and_late(string vendor)
    {
        await ArmAsync(new { vendor, kind = "trickle", seconds = 0.3 });
        var watch = Stopwatch.StartNew();

        (await TryWriteAsync(vendor))!.Value.Body.ShouldNotBeNull();

        watch.Elapsed.ShouldBeGreaterThan(TimeSpan.FromSeconds(0.28));
        Taken(vendor).ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(Vendors))]
    public async Task A_line_is_reset_at_a_byte_of_the_answer_to_a_call_that_was_taken(string vendor)
    {
        await ArmAsync(new { vendor, kind = "reset_at_byte", atByte = 10 });

        (await WriteAsync(vendor)).ShouldBe(0);

        Taken(vendor).ShouldBe(1);
        Sandbox.Ledger.Of(vendor)[0].Outcome.ShouldEndWith("reset after 10 bytes");
    }

    [Fact]
    public async Task A_reset_is_one_on_the_wire_after_exactly_so_many_bytes()
    {
        await ArmAsync(new { vendor = "shopmonkey", kind = "reset_at_byte", atByte = 7 });
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(Sandbox.Url.Host, Sandbox.Url.Port);
        await socket.SendAsync(System.Text.Encoding.ASCII.GetBytes(
            $"GET /v3/location HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {Settings.ShopmonkeyApiKey}\r\n\r\n"));

        var answer = "";
        var buffer = new byte[4096];
        var reset = await Should.ThrowAsync<SocketException>(async () =>
        {
            while (await socket.ReceiveAsync(buffer) is > 0 and var count)
            {
                answer += System.Text.Encoding.ASCII.GetString(buffer, 0, count);
            }
        });

        reset.SocketErrorCode.ShouldBe(SocketError.ConnectionReset);
        answer.Split("\r\n\r\n")[1].ShouldBe("{\"succe");
    }

    [Theory]
    [MemberData(nameof(Vendors))]
    public async Task Too_many_requests_say_when_to_come_back(string vendor)
    {
        await ArmAsync(new { vendor, kind = "429", retryAfter = 7 });

        var (status, _, response) = (await TryWriteAsync(vendor))!.Value;

        (status, response.Headers.RetryAfter!.Delta).ShouldBe((429, TimeSpan.FromSeconds(7)));
        Taken(vendor).ShouldBe(0);
    }

    [Theory]
    [MemberData(nameof(Vendors))]
    public async Task Any_status_comes_in_the_vendors_form_or_from_the_edge(string vendor)
    {
        await ArmAsync(new { vendor, kind = "status" });
        var (status, body, _) = (await TryWriteAsync(vendor))!.Value;
        (status, body is not null).ShouldBe((503, true));

        await ArmAsync(new { vendor, kind = "status", status = 403, body = "html" });
        var edge = (await TryWriteAsync(vendor))!.Value;
        (edge.Status, edge.Response.Content.Headers.ContentType!.MediaType).ShouldBe((403, "text/html"));
        Taken(vendor).ShouldBe(0);
    }

    [Theory]
    [MemberData(nameof(Vendors))]
    public async Task A_revoked_key_is_denied_until_it_is_cleared(string vendor)
    {
        var armed = await ArmAsync(new { vendor, kind = "denied" });

        (await WriteAsync(vendor)).ShouldBe(401);
        (await WriteAsync(vendor)).ShouldBe(401);
        var item = (await ArmedAsync()).ShouldHaveSingleItem()!;
        item["always"]!.GetValue<bool>().ShouldBeTrue();
        item["count"].ShouldBeNull();
        await Http.DeleteAsync($"/_sandbox/faults/{armed["id"]}");

        (await WriteAsync(vendor)).ShouldBeInRange(200, 202);
        Taken(vendor).ShouldBe(1);
    }

    [Fact]
    public async Task A_fault_of_one_operation_leaves_the_others_alone()
    {
        await ArmAsync(new { vendor = "twilio", kind = "status", status = 500, operation = "messages.list" });

        (await TextAsync()).Status.ShouldBe(201);
        (await TwilioAsync(MessagesPath))["status"]!.GetValue<int>().ShouldBe(500);
    }
}
