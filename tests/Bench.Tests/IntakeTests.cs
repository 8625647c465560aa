using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeadOrchestrator.Bench.Intake;
using LeadOrchestrator.Bench.Measuring;
using LeadOrchestrator.Bench.Vendors;
using LeadOrchestrator.Rig.Intake;
using Microsoft.Extensions.Time.Testing;

namespace LeadOrchestrator.Bench.Tests;

/// <summary>What the intake is put through, and how it is judged.</summary>
public sealed class IntakeTests
{
    private static readonly OrderDeliveries Deliveries = new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", TimeProvider.System);

    [Theory]
    [InlineData(false, 10_000)]
    [InlineData(true, 50_000)]
    public void The_poll_gets_as_many_changes_as_are_promised(bool isFull, int least) => PollOnly.StagesOf(isFull).Sum(stage => stage.Changes).ShouldBeGreaterThanOrEqualTo(least);

    [Fact]
    public void The_same_seed_makes_the_same_bodies()
    {
        var (one, other) = (Bodies(7), Bodies(7));

        for (var number = 0; number < 300; number++)
        {
            var (a, b) = (one.Next(), other.Next());
            (a.Number, a.IsValid, a.What).ShouldBe((b.Number, b.IsValid, b.What));
            a.Bytes.ShouldBe(b.Bytes);
        }
    }

    [Fact]
    public void One_body_in_a_hundred_is_valid_and_the_others_are_hurt_in_many_ways()
    {
        var source = Bodies(7);
        var bodies = Enumerable.Range(0, 2_000).Select(_ => source.Next()).ToList();

        var valid = bodies.Where(body => body.IsValid).ToList();
        valid.Count.ShouldBe(20);
        valid.ShouldAllBe(body => JsonNode.DeepEquals(JsonNode.Parse(body.Bytes, null, default), Event(body.Number)));
        var broken = bodies.Count(body => !IsJson(body.Bytes));
        broken.ShouldBeInRange(200, 1_800);
        bodies.ShouldContain(body => body.Bytes.Length == 0);
        bodies.ShouldContain(body => body.Bytes.Length > 100_000);
        bodies.Count(body => !body.IsValid && JsonSame(body)).ShouldBeLessThan(100);
    }

    [Fact]
    public void A_delivery_of_any_bytes_is_a_whole_request_with_an_id_of_its_own()
    {
        var (one, other) = (Encoding.ASCII.GetString(Deliveries.Signed("{}"u8.ToArray())), Encoding.ASCII.GetString(Deliveries.Signed("{}"u8.ToArray())));

        one.ShouldStartWith("POST /webhooks/shopmonkey HTTP/1.1\r\n");
        one.ShouldContain("content-length: 2\r\n");
        one.ShouldEndWith("\r\n\r\n{}");
        one.ShouldNotBe(other);
    }

    [Fact]
    public void A_change_counts_from_when_it_was_made_and_a_later_one_stands_for_it()
    {
        var clock = new FakeTimeProvider();
        var log = new SightLog(clock);
        log.Note(new SilentChange(ChangeKind.NewOrder, "a", 0, "", "new"));
        log.Note(new SilentChange(ChangeKind.Move, "a", 5, "", "move"));
        log.Note(new SilentChange(ChangeKind.Customer, "a", 0, "Mark 3", "name"));
        log.Note(new SilentChange(ChangeKind.NewOrder, "b", 0, "", "new"));
        clock.Advance(TimeSpan.FromSeconds(2));

        log.See("a", 4, "Mark 2");
        (log.Made, log.Pending.Count).ShouldBe((4, 3));
        clock.Advance(TimeSpan.FromSeconds(3));
        log.See("a", 9, "Mark 7");
        log.See("nobody", 9, "Mark 7");

        log.PendingOrders.ShouldBe(["b"]);
        log.Latency("new", 0.99).ShouldBe(TimeSpan.FromSeconds(2));
        log.Latency("move", 0.5).ShouldBe(TimeSpan.FromSeconds(5));
        log.Latency("name", 0.5).ShouldBe(TimeSpan.FromSeconds(5));
        log.Latency("never", 0.5).ShouldBeNull();
    }

    [Fact]
    public void A_percentile_is_the_value_that_so_many_did_not_exceed()
    {
        var clock = new FakeTimeProvider();
        var log = new SightLog(clock);
        for (var number = 1; number <= 100; number++)
        {
            log.Note(new SilentChange(ChangeKind.NewOrder, $"{number}", 0, "", "new"));
            clock.Advance(TimeSpan.FromSeconds(number));
            log.See($"{number}", 1, "");
        }

        (log.Latency("new", 0.5), log.Latency("new", 0.99), log.Latency("new", 1)).ShouldBe((TimeSpan.FromSeconds(50), TimeSpan.FromSeconds(99), TimeSpan.FromSeconds(100)));
    }

    [Theory]
    [InlineData(0, 0.0, "kept", false)]
    [InlineData(1, 0.0, "BROKEN", true)]
    [InlineData(1, null, "", false)]
    public void A_promise_is_kept_or_broken(double value, double? most, string note, bool isBroken)
    {
        var line = ReportLine.Promise("intake", "missing", "count", value, most);

        (line.Note, line.IsBroken, line.Limit).ShouldBe((note, isBroken, most));
    }

    private static MalformedBodies Bodies(int seed) => new(Event, seed);

    private static JsonObject Event(int number) => new()
    {
        ["apiVersion"] = "3",
        ["operation"] = "INSERT",
        ["table"] = "order",
        ["data"] = new JsonObject
        {
            ["id"] = $"order-{number}", ["companyId"] = "company", ["name"] = "New Quote", ["deleted"] = false, ["appointmentDates"] = new JsonArray(1, 2), ["meta"] = new JsonObject { ["version"] = number },
        },
    };

    private static bool JsonSame(GeneratedBody body) => IsJson(body.Bytes) && JsonSerializer.SerializeToUtf8Bytes(Event(body.Number)).AsSpan().SequenceEqual(body.Bytes);

    private static bool IsJson(byte[] bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
