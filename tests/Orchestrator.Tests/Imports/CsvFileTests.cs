using System.Text;
using LeadOrchestrator.Orchestrator.Imports;

namespace LeadOrchestrator.Orchestrator.Tests.Imports;

/// <summary>Files as spreadsheets write them.</summary>
public sealed class CsvFileTests
{
    [Theory]
    [InlineData("First Name,Phone,Email\nAnn,5125550100,a@example.com\n")]
    [InlineData("\uFEFFemail;first_name;PHONE\r\na@example.com;Ann;5125550100\r\n")]
    [InlineData("sep=;\r\nE-Mail;FirstName;Phone Number\r\na@example.com;Ann;5125550100")]
    [InlineData("Phone\tEmail\tFIRST NAME\n\n5125550100\ta@example.com\tAnn\n\n\n")]
    [InlineData("\"First Name\",\"Phone\",\"Email\"\r\"Ann\",\"5125550100\",\"a@example.com\"\r")]
    public void Headings_in_any_order_and_spelling_and_any_delimiter_are_read(string text)
    {
        var row = Read(text).Rows.ShouldHaveSingleItem();

        row.Fields["FirstName"].ShouldBe("Ann");
        row.Fields["Phone"].ShouldBe("5125550100");
        row.Fields["Email"].ShouldBe("a@example.com");
    }

    [Fact]
    public void A_quoted_field_may_hold_delimiters_quotes_and_lines_and_the_lines_are_counted()
    {
        var file = Read("Phone,Vehicle,Consent Wording\n1,\"2021, \"\"red\"\"\nCivic\",\"Yes.\nText me\"\n\n2,Kia,\n");

        file.Rows.Select(row => row.Line).ShouldBe([2, 6]);
        file.Rows[0].Fields["Vehicle"].ShouldBe("2021, \"red\" Civic");
        file.Rows[0].Fields["ConsentWording"].ShouldBe("Yes.\nText me");
        file.Rows[1].Fields.ContainsKey("ConsentWording").ShouldBeFalse();
    }

    [Fact]
    public void Unknown_columns_are_named_and_of_two_alike_the_first_counts()
    {
        var file = Read("Phone,Favourite Colour,phone\n1,blue,2\n");

        file.IgnoredColumns.ShouldBe(["Favourite Colour", "phone"]);
        file.Rows[0].Fields["Phone"].ShouldBe("1");
    }

    [Fact]
    public void A_row_with_more_fields_than_headings_says_so() => Read("Phone,Name\n1,Lee,Ann\n").Rows[0].Fields.ContainsKey(CsvFile.Surplus).ShouldBeTrue();

    [Fact]
    public void What_is_no_UTF_8_is_read_as_Windows_wrote_it() =>
        CsvFile.Read(Encoding.Latin1.GetBytes("Name,Phone\nJosé,1\n")).Rows[0].Fields["Name"].ShouldBe("José");

    [Fact]
    public void UTF_16_is_read_too() =>
        CsvFile.Read([.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("Name,Phone\nJosé,1\n")]).Rows[0].Fields["Name"].ShouldBe("José");

    [Theory]
    [InlineData("", "empty")]
    [InlineData("Phone,Email\n", "no rows")]
    [InlineData("Phone,Email\n,\n \n", "no rows")]
    [InlineData("Name,Vehicle\nAnn,Civic\n", "Phone, Mobile or Email")]
    public void A_file_that_cannot_be_taken_says_why(string text, string why) => Should.Throw<CsvFileException>(() => Read(text)).Message.ShouldContain(why);

    [Fact]
    public void A_file_has_at_most_fifty_thousand_rows()
    {
        Read("Phone\n" + string.Concat(Enumerable.Repeat("1\n", CsvFile.MostRows))).Rows.Count.ShouldBe(CsvFile.MostRows);
        Should.Throw<CsvFileException>(() => Read("Phone\n" + string.Concat(Enumerable.Repeat("1\n", CsvFile.MostRows + 1)))).Message.ShouldContain("Split it");
    }

    [Fact]
    public void An_open_quote_swallows_the_rest_and_nothing_else_happens() => Read("Phone,Name\n1,\"open\n2,Ann\n3,Bob\n").Rows.ShouldHaveSingleItem().Line.ShouldBe(2);

    [Fact]
    public void Noise_is_read_or_refused_and_never_more()
    {
        var random = new Random(7);
        for (var round = 0; round < 300; round++)
        {
            var bytes = new byte[random.Next(400)];
            random.NextBytes(bytes);
            try
            {
                CsvFile.Read([.. "Phone,Email\n"u8, .. bytes]).Rows.ShouldNotBeEmpty();
            }
            catch (Exception exception) when (exception is CsvFileException or CsvHelper.CsvHelperException)
            {
                exception.Message.ShouldNotBeNullOrEmpty();
            }
        }
    }

    private static CsvFile Read(string text) => CsvFile.Read(Encoding.UTF8.GetBytes(text));
}
