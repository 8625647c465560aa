namespace LeadOrchestrator.Orchestrator.Holds;

/// <summary>
/// When the vendor's lists are read again, in rounds of a second: a minute after the start, then every five minutes, and sooner after something came that could not be stored: that is not told again.
/// </summary>
public sealed class ListRounds
{
    private const int Between = 300;
    private const int Soon = 60;
    private int _left = Soon;
    private bool _isMissing;

    /// <summary>A round. Are the lists read in it?</summary>
    /// <param name="wasMissed">Something was not stored since the round before.</param>
    public bool IsNext(bool wasMissed)
    {
        if (wasMissed)
        {
            Missed();
        }

        if (--_left > 0)
        {
            return false;
        }

        (_left, _isMissing) = (_isMissing ? Soon : Between, false);
        return true;
    }

    /// <summary>Something came that was not stored, or may have: the lists are read within a minute, and a minute later once more, since the youngest texts are left to their own delivery.</summary>
    public void Missed() => (_left, _isMissing) = (Math.Min(_left, Soon), true);
}
