using LeadOrchestrator.Shared.Auth;

namespace LeadOrchestrator.Shared.Tests.Auth;

public sealed class ApiKeyTests
{
    [Fact]
    public void A_key_has_a_name_in_front_thirty_random_letters_and_six_that_check_them()
    {
        var key = ApiKey.Mint();

        key.ShouldMatch("^lo_live_[0-9A-Za-z]{36}$");
        ApiKey.IsWellFormed(key).ShouldBeTrue();
        ApiKey.Mint().ShouldNotBe(key);
    }

    [Fact]
    public void Any_one_wrong_letter_is_noticed()
    {
        var key = ApiKey.Mint();
        for (var place = ApiKey.Prefix.Length; place < key.Length; place++)
        {
            var wrong = $"{key[..place]}{(key[place] == 'a' ? 'b' : 'a')}{key[(place + 1)..]}";
            ApiKey.IsWellFormed(wrong).ShouldBeFalse(wrong);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("lo_live_")]
    [InlineData("lo_test_000000000000000000000000000000000000")]
    [InlineData("lo_live_00000000000000000000000000000000000\u0000")]
    [InlineData("lo_live_äöü000000000000000000000000000000000")]
    public void What_is_no_key_is_none(string text) => ApiKey.IsWellFormed(text).ShouldBeFalse();

    // Made by zlib's crc32, apart from this code: a scanner of secrets has no other way to know a key.
    [Fact]
    public void The_check_is_the_usual_CRC_32_in_base_62() => ApiKey.IsWellFormed("lo_live_0000000000000000000000000000002C8GjS").ShouldBeTrue();
}
