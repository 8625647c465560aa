using System.Globalization;
using CsvHelper.Configuration;

namespace LeadOrchestrator.Orchestrator.Imports;

/// <summary>How files are read and written.</summary>
internal static class CsvForm
{
    /// <summary>For what spreadsheets write: odd quotes and rows of any length are taken as they are.</summary>
    public static CsvConfiguration Reading(string delimiter) => new(CultureInfo.InvariantCulture)
    {
        Delimiter = delimiter, HasHeaderRecord = false, BadDataFound = null, IgnoreBlankLines = false, DetectColumnCountChanges = false,
    };

    /// <summary>RFC 4180. What a spreadsheet would take for a formula gets an apostrophe in front.</summary>
    public static CsvConfiguration Writing() => new(CultureInfo.InvariantCulture) { InjectionOptions = InjectionOptions.Escape, NewLine = "\r\n" };
}
