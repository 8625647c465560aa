namespace LeadOrchestrator.Architecture.Tests;

/// <summary>The rules are only as good as the reader of the files.</summary>
public sealed class CSharpTextTests
{
    [Fact]
    public void Comments_and_texts_are_no_code_and_texts_are_found()
    {
        var file = new CSharpText(""""
            // DateTime.Now "not a text"
            var a = "x \" y"; /* DateTime.Now
            */ var b = @"c:\"; var c = $"{d["k"]} {{e}} z"; var f = '"'; var g = '\'';
            var h = """
                SELECT "id" FROM leads
                """; var i = ""; var j = 1;
            """");

        file.Code.ShouldNotContain("DateTime");
        file.Code.ShouldContain("var j = 1;");
        file.Strings.Select(text => text.Text.Trim()).ShouldBe(["x \\\" y", "c:\\", "{d[\"k\"]} {{e}} z", "SELECT \"id\" FROM leads", ""]);
        file.Strings[3].Line.ShouldBe(4);
        file.Code.Split('\n')[5].ShouldContain("var j");
    }
}
