using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace LeadOrchestrator.Orchestrator.Staff;

/// <summary>A page of a list. <c>nextCursor</c> is null on the last one; otherwise pass it back as <c>cursor</c>.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor);

/// <summary>Makes pages: one row more than asked for is read, to know whether there is a next page.</summary>
public static class Paging
{
    /// <summary>Rows on a page when nothing is asked for.</summary>
    public const int Usual = 50;

    /// <summary>Most rows on a page.</summary>
    public const int Most = 200;

    /// <summary>How many rows to read for a page of so many.</summary>
    public static int RowsFor(int? limit) => Math.Clamp(limit ?? Usual, 1, Most) + 1;

    /// <summary>The page, without the one row more.</summary>
    public static Page<T> Of<T>(IReadOnlyList<T> rows, int? limit, Func<T, string> cursor)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(cursor);
        var size = RowsFor(limit) - 1;
        return rows.Count > size ? new Page<T>([.. rows.Take(size)], Encode(cursor(rows[size - 1]))) : new Page<T>(rows, null);
    }

    /// <summary>Opaque to the client.</summary>
    public static string Encode(string cursor) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(cursor));

    /// <summary>No cursor was given: an empty one is none.</summary>
    public static bool IsNone([NotNullWhen(false)] string? cursor) => string.IsNullOrEmpty(cursor);

    /// <summary>What a cursor stands for; null when it is not one of ours.</summary>
    public static string? Decode(string? cursor)
    {
        try
        {
            return IsNone(cursor) ? null : Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor));
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>The id that a cursor stands for. False = a cursor was given and is not one of ours.</summary>
    public static bool TryId(string? cursor, out Guid? id)
    {
        id = Guid.TryParse(Decode(cursor), out var read) ? read : null;
        return IsNone(cursor) || id is not null;
    }
}
