using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LeadOrchestrator.Orchestrator.Webhooks;

namespace LeadOrchestrator.Orchestrator.Tests.Webhooks;

/// <summary>The vectors are those of SendGrid's own library's tests (read 2026-11-22).</summary>
public sealed class SendGridSignatureTests
{
    private const string Key = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g==";
    private const string OtherKey = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqTxd43gyp8IOEto2LdIfjRQrIbsd4SXZkLW6jDutdhXSJCWHw8REntlo7aNDthvj+y7GjUuFDb/R1NGe1OPzpA==";
    private const string Timestamp = "1600112502";
    private const string Signature = "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM=";

    private const string Payload =
        "[{\"email\":\"hello@world.com\",\"event\":\"dropped\",\"reason\":\"Bounced Address\",\"sg_event_id\":\"ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA\","
        + "\"sg_message_id\":\"LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0\",\"smtp-id\":\"<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>\","
        + "\"timestamp\":1600112492}]\r\n";

    private static readonly DateTimeOffset Now = DateTimeOffset.Parse("2020-09-14T19:41:42Z", CultureInfo.InvariantCulture);

    [Fact]
    public void SendGrids_own_vector_is_valid_and_may_be_asked_again()
    {
        var signature = Of(Payload);
        signature.IsBy(Key).ShouldBeTrue();
        signature.IsBy(OtherKey).ShouldBeFalse();
        signature.IsBy(Key).ShouldBeTrue();
    }

    [Fact]
    public void Another_body_another_time_and_a_body_without_its_last_line_end_are_refused()
    {
        Of("payload").IsBy(Key).ShouldBeFalse();
        Of(Payload.TrimEnd()).IsBy(Key).ShouldBeFalse();
        Of(Payload, timestamp: "1600112503").IsBy(Key).ShouldBeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData("signature")]
    [InlineData("MEUCIQDOEwa")]
    [InlineData("AAAA")]
    public void What_is_no_signature_is_refused(string signature) => Of(Payload, signature: signature).IsBy(Key).ShouldBeFalse();

    [Fact]
    public void A_signature_of_any_length_is_refused_without_harm() =>
        Of(Payload, signature: Convert.ToBase64String(new byte[100_000])).IsBy(Key).ShouldBeFalse();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("no key")]
    [InlineData("AAAA")]
    public void Without_a_key_nothing_is_valid(string? key)
    {
        Of(Payload).IsBy(key).ShouldBeFalse();
        SendGridSignature.IsKey(key ?? "").ShouldBeFalse();
    }

    [Theory]
    [InlineData("-1")]
    [InlineData(" 1600112502")]
    [InlineData("1600112502.0")]
    [InlineData("99999999999999999999999")]
    [InlineData("")]
    public void A_time_that_is_no_number_of_seconds_is_refused_even_when_it_was_signed(string timestamp)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Signed(key, timestamp).IsBy(Convert.ToBase64String(key.ExportSubjectPublicKeyInfo())).ShouldBeFalse();
    }

    [Theory]
    [InlineData(-86_400, true)] // repeated for a day, perhaps as it was signed first
    [InlineData(299, true)]
    [InlineData(301, false)]
    public void An_old_delivery_is_taken_and_one_from_the_future_is_not(int seconds, bool isTaken)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var timestamp = Now.AddSeconds(seconds).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        Signed(key, timestamp).IsBy(Convert.ToBase64String(key.ExportSubjectPublicKeyInfo())).ShouldBe(isTaken);
    }

    private static SendGridSignature Of(string body, string timestamp = Timestamp, string signature = Signature) => new(timestamp, signature, Encoding.UTF8.GetBytes(body), Now);

    private static SendGridSignature Signed(ECDsa key, string timestamp) => Of(
        Payload, timestamp,
        Convert.ToBase64String(key.SignData(Encoding.UTF8.GetBytes(timestamp + Payload), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)));
}
