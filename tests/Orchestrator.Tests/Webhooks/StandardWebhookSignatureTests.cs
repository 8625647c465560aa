using System.Text;
using LeadOrchestrator.Orchestrator.Webhooks;

namespace LeadOrchestrator.Orchestrator.Tests.Webhooks;

/// <summary>The vector is Standard Webhooks' own (its C# library's tests, read 2026-11-22); the other key forms were computed from it.</summary>
public sealed class StandardWebhookSignatureTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private const string Timestamp = "1614265330";
    private const string VendorSignature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    private static readonly byte[] Body = Encoding.UTF8.GetBytes("{\"test\": 2432232314}");
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1614265330);

    [Theory]
    [InlineData(VendorSignature)]
    [InlineData("v1,ELhqG0Ku1gwOc1f4jyKdp3SFGFLAOdJ9bvpWLciCakI=")]
    [InlineData("v1,TcxlhK9b6UD6iVI1ZU2tTqp8PEVfYRseNNfa6b+LcUg=")]
    public void Each_form_of_the_key_is_taken(string signature) => Check(signature).ShouldBeTrue();

    [Fact]
    public void One_fitting_entry_among_others_is_enough() =>
        Check($"v1a,AAAA v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= {VendorSignature}").ShouldBeTrue();

    [Fact]
    public void Both_secrets_sign_during_a_rotation() =>
        new StandardWebhookSignature(["whsec_bmV3LXNlY3JldC1mb3ItdGhlLXJvdGF0aW9u", Secret]).IsValid(Id, Timestamp, VendorSignature, Body, Now).ShouldBeTrue();

    [Theory]
    [InlineData("")]
    [InlineData("v1,")]
    [InlineData("v1,not-base64")]
    [InlineData("g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    [InlineData("v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    [InlineData("v1,h0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    public void Anything_else_is_refused(string signature) => Check(signature).ShouldBeFalse();

    [Theory]
    [InlineData(300, true)]
    [InlineData(300.9, true)]
    [InlineData(301, false)]
    [InlineData(-300, true)]
    [InlineData(-300.9, true)]
    [InlineData(-301, false)]
    public void It_is_good_for_five_minutes_of_whole_seconds_either_way(double secondsLater, bool isValid) =>
        new StandardWebhookSignature([Secret]).IsValid(Id, Timestamp, VendorSignature, Body, Now.AddSeconds(secondsLater)).ShouldBe(isValid);

    [Theory]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("-1")]
    [InlineData("99999999999999999999")]
    [InlineData("999999999999")]
    public void A_timestamp_that_is_none_is_refused_and_breaks_nothing(string timestamp) =>
        new StandardWebhookSignature([Secret]).IsValid(Id, timestamp, VendorSignature, Body, Now).ShouldBeFalse();

    [Fact]
    public void Another_body_or_id_is_refused()
    {
        var signature = new StandardWebhookSignature([Secret]);
        signature.IsValid(Id, Timestamp, VendorSignature, Encoding.UTF8.GetBytes("{\"test\": 2432232315}"), Now).ShouldBeFalse();
        signature.IsValid("msg_other", Timestamp, VendorSignature, Body, Now).ShouldBeFalse();
    }

    [Fact]
    public void Without_a_secret_nothing_is_valid() => new StandardWebhookSignature([]).IsValid(Id, Timestamp, VendorSignature, Body, Now).ShouldBeFalse();

    private static bool Check(string signature) => new StandardWebhookSignature([Secret]).IsValid(Id, Timestamp, signature, Body, Now);
}
