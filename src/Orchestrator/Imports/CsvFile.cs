using System.Text;
using CsvHelper;
using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.Orchestrator.Imports;

/// <summary>A row of a file: the fields of the columns that we know, by the column's name.</summary>
/// <param name="Line">Where it begins in the file, the heading being 1.</param>
public sealed record CsvRow(int Line, IReadOnlyDictionary<string, string> Fields);

/// <summary>A file that cannot be taken as a whole. The message is for whoever sent it.</summary>
public sealed class CsvFileException(string message) : Exception(message);

/// <summary>
/// A file of leads as spreadsheets write them: commas, semicolons or tabs, with or without a byte order mark, any line ends, quoted fields over several lines.
/// </summary>
public sealed class CsvFile
{
    /// <summary>Most rows of a file.</summary>
    public const int MostRows = 50_000;

    /// <summary>What a row says of itself when it has more fields than the heading.</summary>
    public const string Surplus = "surplus";

    private const int MostColumns = 200;
    private const int LongestField = 4_000;

    private CsvFile(IReadOnlyList<CsvRow> rows, IReadOnlyList<string> ignored) => (Rows, IgnoredColumns) = (rows, ignored);

    /// <summary>Its rows, empty ones left out.</summary>
    public IReadOnlyList<CsvRow> Rows { get; }

    /// <summary>Headings of which nothing is taken.</summary>
    public IReadOnlyList<string> IgnoredColumns { get; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="CsvFileException">It has no rows, too many, or no column with a phone or an email.</exception>
    public static CsvFile Read(byte[] bytes)
    {
        var text = Decode(bytes);
        var (delimiter, skipped) = DelimiterOf(text);
        using var reader = new StringReader(skipped > 0 ? text[skipped..] : text);
        using var parser = new CsvParser(reader, CsvForm.Reading(delimiter));
        var firstLine = skipped > 0 ? 2 : 1;
        if (!parser.Read())
        {
            throw new CsvFileException("The file is empty. Its first line holds the headings, such as First Name, Phone, Email.");
        }

        var headings = parser.Record!.Select(heading => heading.Trim()).ToList();
        var columns = Columns(headings);
        return new CsvFile(ReadRows(parser, columns, firstLine), [.. headings.Where((heading, place) => columns[place] is null && heading.Length > 0)]);
    }

    private static IReadOnlyList<ImportColumn?> Columns(List<string> headings)
    {
        if (headings.Count > MostColumns)
        {
            throw new CsvFileException($"The file has {headings.Count} columns; at most {MostColumns} are taken.");
        }

        var columns = ImportColumns.Read(headings);
        return columns.Any(column => column is ImportColumn.Phone or ImportColumn.Mobile or ImportColumn.Email)
            ? columns
            : throw new CsvFileException("No column is called Phone, Mobile or Email. The first line of the file must hold the headings.");
    }

    private static List<CsvRow> ReadRows(CsvParser parser, IReadOnlyList<ImportColumn?> columns, int firstLine)
    {
        List<CsvRow> rows = [];
        for (var before = parser.RawRow; parser.Read(); before = parser.RawRow)
        {
            var record = parser.Record!;
            if (record.All(string.IsNullOrWhiteSpace))
            {
                continue;
            }

            if (rows.Count == MostRows)
            {
                throw new CsvFileException($"The file has more than {MostRows} rows. Split it.");
            }

            rows.Add(new CsvRow(before + firstLine, Fields(record, columns)));
        }

        return rows.Count > 0 ? rows : throw new CsvFileException("The file has headings and no rows.");
    }

    private static Dictionary<string, string> Fields(string[] record, IReadOnlyList<ImportColumn?> columns)
    {
        Dictionary<string, string> fields = [];
        for (var place = 0; place < record.Length; place++)
        {
            if (place >= columns.Count)
            {
                if (!string.IsNullOrWhiteSpace(record[place]))
                {
                    fields[Surplus] = "yes";
                }
            }
            else if (columns[place] is { } column && OnOneLine(record[place], column).Trim() is { Length: > 0 } value)
            {
                fields[column.ToString()] = PlainText.Cut(value, LongestField);
            }
        }

        return fields;
    }

    // A line break in a name or a car is a slip of the keyboard; the wording of a consent is kept as it was.
    private static string OnOneLine(string value, ImportColumn column) => column is ImportColumn.ConsentWording or ImportColumn.Consent || value.AsSpan().IndexOfAny('\r', '\n', '\t') < 0
        ? value
        : string.Join(' ', value.Split(['\r', '\n', '\t', ' '], StringSplitOptions.RemoveEmptyEntries));

    // What is no UTF-8 is taken for the old code of Windows, which agrees with Latin 1 in all letters of the West.
    private static string Decode(byte[] bytes)
    {
        try
        {
            using var reader = new StreamReader(new MemoryStream(bytes), new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: true);
            return reader.ReadToEnd();
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(bytes);
        }
    }

    // The heading decides: whichever of the three it has most of. Excel may say it in a line of its own, sep=;
    private static (string Delimiter, int Skipped) DelimiterOf(string text)
    {
        var end = text.IndexOfAny(['\r', '\n']);
        var first = end < 0 ? text : text[..end];
        if (first is ['s' or 'S', 'e' or 'E', 'p' or 'P', '=', var told])
        {
            var next = end < 0 ? text.Length : text.AsSpan(end).StartsWith("\r\n") ? end + 2 : end + 1;
            return (told.ToString(), next);
        }

        return (new[] { ',', ';', '\t' }.MaxBy(candidate => first.Count(letter => letter == candidate)).ToString(), 0);
    }
}
