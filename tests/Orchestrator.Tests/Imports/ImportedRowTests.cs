using LeadOrchestrator.Orchestrator.Imports;

namespace LeadOrchestrator.Orchestrator.Tests.Imports;

/// <summary>A row as a lead, or why it is none.</summary>
public sealed class ImportedRowTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.Parse(Shop.Monday10, null);

    private static readonly ImportToWork Import = new()
    {
        TenantId = Guid.CreateVersion7(), Id = Guid.CreateVersion7(), LocationId = Guid.CreateVersion7(), Timezone = "America/Chicago", TestMarker = "[test]", DryRun = false, Greet = true, CreatedAt = Now,
    };

    [Fact]
    public void A_row_is_a_lead_with_its_phone_in_one_form_and_its_date_in_the_shops_zone()
    {
        var row = Read(("FirstName", "Ann"), ("Phone", "(512) 555-0100"), ("Email", "Ann@Example.com"), ("Created", "11/23/2026 9:30 AM"), ("Vehicle", "Civic"));

        row.Refusal.ShouldBeNull();
        row.Lead!.Phone.E164.ShouldBe("+15125550100");
        row.Lead.Email.ShouldBe("ann@example.com");
        row.Lead.ExternalCreatedAt.ShouldBe(DateTimeOffset.Parse("2026-11-23T15:30:00Z", null));
        row.HasCreated.ShouldBeTrue();
    }

    [Theory]
    [InlineData("2026-11-23", "2026-11-23T06:00:00Z")]
    [InlineData("2026-11-23T10:00:00Z", "2026-11-23T10:00:00Z")]
    [InlineData("2026-11-23T10:00:00-05:00", "2026-11-23T15:00:00Z")]
    [InlineData("2026-11-23 10:00", "2026-11-23T16:00:00Z")]
    [InlineData("7/4/2026", "2026-07-04T05:00:00Z")]
    [InlineData("31/12/2026", null)]
    [InlineData("2031-01-01", null)]
    [InlineData("1066-10-14", null)]
    [InlineData("yesterday", null)]
    [InlineData("=NOW()", null)]
    public void Dates_are_read_in_the_usual_forms_and_what_is_none_is_none(string text, string? instant) =>
        ImportDates.Read(text, "America/Chicago", Now.AddDays(1)).ShouldBe(instant is null ? null : DateTimeOffset.Parse(instant, null));

    [Fact]
    public void A_mobile_that_can_be_read_comes_before_another_phone_and_its_kind_is_known()
    {
        Read(("Phone", "5125550101"), ("Mobile", "5125550100")).Lead!.Phone.ShouldBe(new("+15125550100", "mobile"));
        Read(("Phone", "5125550101"), ("Mobile", "ask Ann")).Lead!.Phone.E164.ShouldBe("+15125550101");
    }

    [Theory]
    [InlineData("no_phone_or_email", "FirstName", "Ann")]
    [InlineData("phone_unreadable", "Phone", "12")]
    [InlineData("email_unreadable", "Email", "nobody")]
    [InlineData("too_many_fields", CsvFile.Surplus, "yes")]
    [InlineData("control_character", "FirstName", "a\u0000b")]
    public void A_row_that_is_no_lead_says_why(string reason, string column, string value)
    {
        var refusal = Read((column, value)).Refusal!;
        refusal.Reason.ShouldBe(reason);
        refusal.Explanation.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public void A_field_that_is_too_long_is_named() =>
        Read(("Phone", "5125550100"), ("Vehicle", new string('x', 300))).Refusal!.Explanation.ShouldBe("Vehicle is too long.");

    [Theory]
    [InlineData("yes", true)]
    [InlineData("X", true)]
    [InlineData("2024-05-01", true)]
    [InlineData("maybe", true)]
    [InlineData("no", false)]
    [InlineData("FALSE", false)]
    [InlineData("0", false)]
    public void What_is_no_clear_no_in_the_column_of_opt_outs_counts_as_one(string said, bool isOptedOut) =>
        Read(("Phone", "5125550100"), ("OptedOut", said)).IsOptedOut.ShouldBe(isOptedOut);

    [Theory]
    [InlineData("Declined")]
    [InlineData("N/A")]
    [InlineData("Unknown")]
    [InlineData("Opted out")]
    [InlineData("Revoked")]
    [InlineData("No consent")]
    [InlineData("Yes")]
    [InlineData("Verbal")]
    [InlineData("Did not agree to texts")]
    [InlineData("Customer doesn't want texts")]
    [InlineData("Has he agreed to it?")]
    public void An_answer_in_the_column_of_consents_is_no_evidence_and_is_noted(string said)
    {
        var row = Read(("Phone", "5125550100"), ("Consent", said));

        row.Refusal.ShouldBeNull();
        row.Consent.ShouldBeNull();
        row.Note.ShouldContain("Consent Wording");
    }

    [Theory]
    [InlineData("Consent", "I agree to be texted about my quote")]
    [InlineData("ConsentWording", "Text me")]
    [InlineData("ConsentWording", "I agree to texts. Consent is not a condition of purchase. Reply STOP to opt out.")]
    public void A_wording_is_evidence(string column, string said)
    {
        var row = Read(("Phone", "5125550100"), (column, said));

        row.Consent!.Value.Wording.ShouldBe(said);
        row.Note.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Yes", "I agree to be texted about my quote", true)]
    [InlineData("No", "I agree to be texted about my quote", false)]
    [InlineData("Declined", "I agree to be texted about my quote", false)]
    [InlineData("Yes", "Declined", false)]
    [InlineData("Yes", "n/a", false)]
    public void Of_an_answer_and_a_wording_both_must_say_yes(string answer, string wording, bool isConsent) =>
        Read(("Phone", "5125550100"), ("Consent", answer), ("ConsentWording", wording)).Consent.HasValue.ShouldBe(isConsent);

    [Fact]
    public void A_refused_row_keeps_whose_opt_out_it_is()
    {
        var row = Read(("Phone", "5125550100"), ("Email", "kim@example.com"), ("Vehicle", new string('x', 201)), ("OptedOut", "yes"));

        (row.Refusal!.Reason, row.IsOptedOut, row.Phone, row.Email).ShouldBe(("field_too_long", true, "+15125550100", "kim@example.com"));
        Read(("Phone", "5125550100"), (CsvFile.Surplus, "yes"), ("OptedOut", "Civic")).IsOptedOut.ShouldBeFalse("with a comma too many it may be another column's");
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("yes", true)]
    [InlineData("no", false)]
    public void The_shops_mark_in_a_name_makes_a_test_unless_the_file_says_otherwise(string? said, bool isTest)
    {
        var name = ("Name", "Ann Form [TEST]");
        (said is null ? Read(("Phone", "5125550100"), name) : Read(("Phone", "5125550100"), name, ("Test", said))).Lead!.IsTest.ShouldBe(isTest);
        Read(("Phone", "5125550100"), ("Name", "Ann Form")).Lead!.IsTest.ShouldBeFalse();
    }

    [Fact]
    public void The_same_row_has_the_same_id_and_another_row_another_one()
    {
        var id = Read(("Phone", "5125550100"), ("FirstName", "Ann")).Lead!.ExternalId;

        Read(("Phone", "+1 512 555 0100"), ("FirstName", "Ann")).Lead!.ExternalId.ShouldBe(id);
        Read(("Phone", "5125550100"), ("FirstName", "Bob")).Lead!.ExternalId.ShouldNotBe(id);
        Read(("Phone", "5125550100"), ("ExternalId", "E-1")).Lead!.ExternalId.ShouldBe("E-1");
    }

    [Fact]
    public void What_was_not_understood_and_did_not_stop_the_row_is_noted() =>
        Read(("Phone", "5125550100"), ("Email", "nobody"), ("Created", "soon")).Note
            .ShouldBe("Created could not be read as a date. The email is not an address that mail could be sent to, and was left out.");

    private static ImportedRow Read(params (string Column, string Value)[] fields) => ImportedRow.Read(new CsvRow(2, fields.ToDictionary(field => field.Column, field => field.Value)), Import, Now);
}
