using LeadOrchestrator.Orchestrator.People;

namespace LeadOrchestrator.Orchestrator.Tests.People;

/// <summary>Whose a new lead is: decided without a database.</summary>
public sealed class KnownPeopleTests
{
    private static readonly Guid Austin = Guid.CreateVersion7();
    private static readonly Guid Phoenix = Guid.CreateVersion7();
    private readonly KnownPeople _known = new();

    [Fact]
    public void A_stranger_is_somebody_new_with_the_keys_of_the_lead()
    {
        var join = _known.Join(Newcomer("+15125550100", "a@example.com"));

        join.IsNew.ShouldBeTrue();
        join.Matches.ShouldBeEmpty();
        join.NewKeys.ShouldBe([new("phone", "+15125550100"), new("email", "a@example.com")]);
    }

    [Fact]
    public void The_same_phone_is_the_same_person_who_gains_the_email()
    {
        var first = _known.Join(Newcomer("+15125550100", null));
        var second = _known.Join(Newcomer("+15125550100", "a@example.com"));
        var third = _known.Join(Newcomer(null, "a@example.com"));

        second.PersonId.ShouldBe(first.PersonId);
        third.PersonId.ShouldBe(first.PersonId);
        second.Matches.ShouldHaveSingleItem().MatchedBy.ShouldBe("phone");
        third.Matches.ShouldHaveSingleItem().OtherLeadId.ShouldBe(second.LeadId);
    }

    [Fact]
    public void One_persons_phone_and_anothers_email_join_the_phones_and_both_are_kept()
    {
        var phone = _known.Join(Newcomer("+15125550100", null));
        var email = _known.Join(Newcomer(null, "b@example.com"));

        var both = _known.Join(Newcomer("+15125550100", "b@example.com"));

        both.PersonId.ShouldBe(phone.PersonId);
        both.Matches.Select(match => (match.PersonId, match.MatchedBy)).ShouldBe([(phone.PersonId, "phone"), (email.PersonId, "email")]);
        both.NewKeys.ShouldBeEmpty();
        _known.Join(Newcomer(null, "b@example.com")).PersonId.ShouldBe(email.PersonId, "the two were not made one");
    }

    [Fact]
    public void A_lead_without_phone_and_email_is_always_somebody_new() =>
        _known.Join(Newcomer(null, null)).PersonId.ShouldNotBe(_known.Join(Newcomer(null, null)).PersonId);

    [Fact]
    public void What_the_database_knows_counts_and_the_lead_that_has_the_key_itself_explains()
    {
        var (person, newer, older) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        _known.Add([
            new KnownLead("phone", "+15125550100", person, newer, Austin, "api", HasKey: false, IsGreeted: false),
            new KnownLead("phone", "+15125550100", person, older, Austin, "shopmonkey", HasKey: true, IsGreeted: false),
        ]);

        _known.Join(Newcomer("+15125550100", null)).Matches.ShouldHaveSingleItem().OtherLeadId.ShouldBe(older);
    }

    [Theory]
    [InlineData("shopmonkey", "api", true)]
    [InlineData("api", "shopmonkey", true)]
    [InlineData("api", "api", true)]
    [InlineData("shopmonkey", "shopmonkey", false)]
    public void A_second_greeting_is_needless_unless_both_are_orders_of_the_crm(string first, string second, bool isNeedless)
    {
        var (person, lead) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        _known.NoteGreeting(person, Austin, lead, first);

        _known.GreetedBefore(person, Austin, second).ShouldBe(isNeedless ? lead : null);
        _known.GreetedBefore(person, Phoenix, second).ShouldBeNull("another shop is another conversation");
        _known.GreetedBefore(Guid.CreateVersion7(), Austin, second).ShouldBeNull();
    }

    private static Newcomer Newcomer(string? phone, string? email) => new(Guid.CreateVersion7(), Austin, "api", [.. PersonKey.Of(phone, email)]);
}
