namespace LeadOrchestrator.Shared.Hours;

/// <summary>The holidays of the United States' government (5 U.S.C. 6103), on the day itself. Whether a shop is closed then is its own choice.</summary>
public static class FederalHolidays
{
    /// <summary>The eleven holidays of a year, in order.</summary>
    public static IReadOnlyList<(DateOnly Date, string Name)> Of(int year) =>
    [
        (new DateOnly(year, 1, 1), "New Year's Day"),
        (Nth(year, 1, DayOfWeek.Monday, 3), "Martin Luther King Jr. Day"),
        (Nth(year, 2, DayOfWeek.Monday, 3), "Presidents' Day"),
        (LastMonday(year, 5), "Memorial Day"),
        (new DateOnly(year, 6, 19), "Juneteenth"),
        (new DateOnly(year, 7, 4), "Independence Day"),
        (Nth(year, 9, DayOfWeek.Monday, 1), "Labor Day"),
        (Nth(year, 10, DayOfWeek.Monday, 2), "Columbus Day"),
        (new DateOnly(year, 11, 11), "Veterans Day"),
        (Nth(year, 11, DayOfWeek.Thursday, 4), "Thanksgiving"),
        (new DateOnly(year, 12, 25), "Christmas"),
    ];

    private static DateOnly Nth(int year, int month, DayOfWeek weekday, int number)
    {
        var first = new DateOnly(year, month, 1);
        return first.AddDays(((weekday - first.DayOfWeek + 7) % 7) + (7 * (number - 1)));
    }

    private static DateOnly LastMonday(int year, int month)
    {
        var last = new DateOnly(year, month, DateTime.DaysInMonth(year, month));
        return last.AddDays(-((last.DayOfWeek - DayOfWeek.Monday + 7) % 7));
    }
}
