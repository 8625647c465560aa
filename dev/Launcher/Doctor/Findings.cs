namespace LeadOrchestrator.Launcher.Doctor;

/// <summary>What the doctor found, a line each: <c>ok</c>, <c>warn</c> (worth knowing), <c>fail</c> (customers will notice), <c>off</c>.</summary>
internal sealed class Findings(TextWriter output)
{
    /// <summary>Did nothing fail?</summary>
    public bool IsWell { get; private set; } = true;

    public void Heading(string words) => output.WriteLine(words);

    public void Ok(string what) => Line("ok", what);

    public void Off(string what) => Line("off", what);

    public void Warn(string what, string mend) => Line("warn", $"{what}: {mend}");

    public void Fail(string what, string mend)
    {
        IsWell = false;
        Line("fail", $"{what}: {mend}");
    }

    public void Check(bool isWell, string what, string mend)
    {
        if (isWell)
        {
            Ok(what);
        }
        else
        {
            Fail(what, mend);
        }
    }

    private void Line(string kind, string words) => output.WriteLine($"  {kind,-5}{words}");
}
