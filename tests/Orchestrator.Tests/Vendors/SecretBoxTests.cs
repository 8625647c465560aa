using System.Text;
using LeadOrchestrator.Orchestrator.Vendors;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Tests.Vendors;

/// <summary>What is sealed is read with the right key, for the right tenant, in the right place, or not at all.</summary>
public sealed class SecretBoxTests
{
    private const string Place = "vendor_credentials|secret|twilio";
    private static readonly Guid Tenant = Guid.Parse("019ab1c2-0000-7000-8000-000000000001");
    private static readonly byte[] First = Encoding.ASCII.GetBytes("first-key-first-key-first-key-01");
    private static readonly byte[] Second = Encoding.ASCII.GetBytes("second-key-second-key-second-k02");

    [Theory]
    [InlineData("")]
    [InlineData("token")]
    [InlineData("ünïcode 🚗")]
    public void What_was_sealed_is_opened(string text) => Box(First).Open(Tenant, Place, Box(First).Seal(Tenant, Place, text)).ShouldBe(text);

    [Fact]
    public void A_sealed_text_names_its_key_and_not_its_content()
    {
        var box = Box(First);
        var sealedText = box.Seal(Tenant, Place, "hunter2hunter2");

        sealedText.ShouldMatch("^v1\\.[0-9a-f]{12}\\.[A-Za-z0-9_-]+$");
        sealedText.Split('.')[1].ShouldBe(box.CurrentKeyId);
        sealedText.ShouldNotContain("hunter2");
        sealedText.ShouldNotContain(Convert.ToBase64String("hunter2hunter2"u8)[..16]);
    }

    [Fact]
    public void The_same_text_is_never_sealed_alike() =>
        Enumerable.Range(0, 100).Select(_ => Box(First).Seal(Tenant, Place, "token")).Distinct().Count().ShouldBe(100);

    [Fact]
    public void Moved_to_another_tenant_it_does_not_open() =>
        Box(First).Open(Guid.CreateVersion7(), Place, Box(First).Seal(Tenant, Place, "token")).ShouldBeNull();

    [Theory]
    [InlineData("vendor_credentials|secret|shopmonkey")]
    [InlineData("api_keys|secret|twilio")]
    public void Moved_to_another_kind_of_row_it_does_not_open(string place) =>
        Box(First).Open(Tenant, place, Box(First).Seal(Tenant, Place, "token")).ShouldBeNull();

    [Fact]
    public void Each_changed_letter_is_noticed()
    {
        var sealedText = Box(First).Seal(Tenant, Place, "token");
        for (var at = 0; at < sealedText.Length; at++)
        {
            var changed = sealedText.ToCharArray();
            changed[at] = changed[at] == 'A' ? 'Q' : 'A';
            Box(First).Open(Tenant, Place, new string(changed)).ShouldBeNull($"letter {at}");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("v1")]
    [InlineData("v1..")]
    [InlineData("v1.000000000000.")]
    [InlineData("v1.000000000000.!!")]
    [InlineData("v2.000000000000.AAAA")]
    [InlineData("v1.a.b.c")]
    public void What_is_no_sealed_text_does_not_open(string text) => Box(First).Open(Tenant, Place, text).ShouldBeNull();

    [Fact]
    public void After_a_change_of_keys_the_old_one_still_opens_and_the_new_one_seals()
    {
        var old = Box(First).Seal(Tenant, Place, "token");

        var both = Box(Second, First);

        both.Open(Tenant, Place, old).ShouldBe("token");
        both.Seal(Tenant, Place, "token").Split('.')[1].ShouldBe(Box(Second).CurrentKeyId);
        Box(Second).Open(Tenant, Place, old).ShouldBeNull();
    }

    [Fact]
    public void Without_a_key_nothing_is_sealed()
    {
        Box().CurrentKeyId.ShouldBeNull();
        Should.Throw<InvalidOperationException>(() => Box().Seal(Tenant, Place, "token"));
        Box().Open(Tenant, Place, Box(First).Seal(Tenant, Place, "token")).ShouldBeNull();
    }

    [Fact]
    public async Task Many_at_once_do_not_disturb_each_other()
    {
        var box = Box(First);
        await Parallel.ForAsync(0, 2_000, (number, _) =>
        {
            box.Open(Tenant, Place, box.Seal(Tenant, Place, $"token {number}")).ShouldBe($"token {number}");
            return ValueTask.CompletedTask;
        });
    }

    private static SecretBox Box(params byte[][] keys) => new(new PlatformSettings
    {
        Database = "", PublicUrl = new Uri("http://localhost"), LogLevel = "info", TenantSlug = "default", DataKeys = keys,
    });
}
