namespace LeadOrchestrator.ChatApi.Guard;

/// <summary>Notices who counts: "word 17, word 18, word 19, word 20". Such numbers need not wait.</summary>
internal ref struct Counting
{
    private const int Enough = 4;
    private const int LooksBack = 80;
    private int _last = -1;
    private int _run;

    /// <summary>Begins with what has left already.</summary>
    public Counting(string text, int released)
    {
        foreach (var word in text.AsSpan(Math.Max(0, released - LooksBack)..released).Split(' '))
        {
            GoesOn(text.AsSpan(Math.Max(0, released - LooksBack)..released)[word]);
        }
    }

    /// <summary>Is this the next number of several in a row?</summary>
    public bool GoesOn(ReadOnlySpan<char> word)
    {
        var trimmed = word.Trim(" \n\t.,;:!?()");
        var digits = trimmed[(trimmed.LastIndexOfAnyExceptInRange('0', '9') + 1)..];
        var number = -1;
        if (digits.Length is 0 or > 6 || trimmed.IndexOfAny('$', '€', '£') >= 0 || trimmed.IndexOfAny('.', ',', '%') >= 0 || !int.TryParse(digits, out number))
        {
            number = digits.Length == 0 ? NumberWords.Counted(trimmed) : -1;
        }

        if (number < 0)
        {
            return false; // a word between two numbers does not end the row
        }

        _run = number == _last + 1 ? _run + 1 : 1;
        _last = number;
        return _run >= Enough;
    }
}
