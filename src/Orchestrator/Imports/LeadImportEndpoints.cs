using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Claims;
using LeadOrchestrator.Orchestrator.Staff;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Shared.Messages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;

namespace LeadOrchestrator.Orchestrator.Imports;

/// <summary>/api/lead-imports: files of leads, their progress, and what became of each row.</summary>
internal static class LeadImportEndpoints
{
    private const int MostBytes = 10 << 20;
    private const int LongestName = 200;
    private const int RowsOfAPart = 1_000;

    // Around the file in a form.
    private const int FormBytes = 64 << 10;

    public static void MapLeadImports(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/lead-imports").WithTags("Imports").OnlyFor(Roles.PlatformAdmin, Roles.Owner, Roles.Manager).AlsoForKeys(KeyScopes.LeadsWrite);
        group.MapGet("", ListAsync);
        group.MapPost("", AddAsync).WithMetadata(new SizeLimit(MostBytes + FormBytes)).AddOpenApiOperationTransformer(DescribeFile)
            .WithSummary("Takes a file of leads (CSV, at most 10 MiB and 50,000 rows). With dryRun nothing is written, and the rows say what would happen.");
        group.MapGet("/{id:guid}", GetAsync);
        group.MapGet("/{id:guid}/rows", RowsAsync).Produces<Page<ImportRowView>>().Produces<string>(StatusCodes.Status200OK, "text/csv").ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Results<Accepted<NewLeadImport>, ValidationProblem, ProblemHttpResult>> AddAsync(
        ClaimsPrincipal staff, HttpContext context, LeadImportStore imports, ImportSignal signal, Guid? locationId, bool? dryRun, bool? greet, CancellationToken cancel)
    {
        if (locationId is not { } location)
        {
            return TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["locationId"] = ["locationId is needed: the shop whose leads these are."] });
        }

        if (!context.Request.HasFormContentType && context.Request.GetTypedHeaders().ContentType?.MediaType.Equals("text/csv", StringComparison.OrdinalIgnoreCase) != true)
        {
            return TypedResults.Problem("Send the file as text/csv, or as the only file of a form.", statusCode: StatusCodes.Status415UnsupportedMediaType);
        }

        CsvFile file;
        string name;
        try
        {
            (var bytes, name) = await ReadAsync(context.Request, cancel);
            file = CsvFile.Read(bytes);
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return TypedResults.Problem("The file has more than 10 MiB. Split it.", statusCode: StatusCodes.Status413PayloadTooLarge);
        }
        catch (Exception exception) when (exception is CsvFileException or InvalidDataException or IOException or CsvHelper.CsvHelperException)
        {
            var why = exception is CsvFileException ? exception.Message : "The file could not be read as CSV.";
            return TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["file"] = [why] });
        }

        if (await imports.AddAsync(staff.TenantId(), location, file, name, dryRun ?? false, greet ?? false, staff.UserId(), cancel) is not { } id)
        {
            return TypedResults.Problem("locationId is no shop of this franchise. GET /api/locations lists them.", statusCode: StatusCodes.Status404NotFound);
        }

        signal.Wake();
        return TypedResults.Accepted($"/api/lead-imports/{id}", new NewLeadImport(id, "queued", dryRun ?? false, greet ?? false, file.Rows.Count, file.IgnoredColumns));
    }

    // In words of the description alone: as a condition of the route a stranger with another content would be told so, and not to sign in.
    private static Task DescribeFile(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancel)
    {
        var file = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } };
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true, Content = new Dictionary<string, OpenApiMediaType> { ["text/csv"] = file, ["multipart/form-data"] = file },
        };
        return Task.CompletedTask;
    }

    private static async Task<(byte[] Bytes, string Name)> ReadAsync(HttpRequest request, CancellationToken cancel)
    {
        using var bytes = new MemoryStream();
        var name = "leads.csv";
        if (request.HasFormContentType)
        {
            var form = await request.ReadFormAsync(cancel);
            var file = form.Files is [var only] ? only : throw new CsvFileException("Send one file, as text/csv or as the only file of a form.");
            name = NameOf(file.FileName) ?? name;
            await file.CopyToAsync(bytes, cancel);
        }
        else
        {
            await request.Body.CopyToAsync(bytes, cancel);
        }

        return bytes.Length <= MostBytes ? (bytes.ToArray(), name) : throw new BadHttpRequestException("The file is too large.", StatusCodes.Status413PayloadTooLarge);
    }

    private static string? NameOf(string text)
    {
        var name = string.Concat(text[(text.LastIndexOfAny(['/', '\\']) + 1)..].Where(letter => !char.IsControl(letter)));
        return name.Length == 0 ? null : PlainText.Cut(name, LongestName);
    }

    private static async Task<Results<Ok<LeadImportView>, NotFound>> GetAsync(ClaimsPrincipal staff, LeadImportStore imports, Guid id, CancellationToken cancel) =>
        await imports.GetAsync(staff.TenantId(), id, cancel) is { } import ? TypedResults.Ok(import) : TypedResults.NotFound();

    private static async Task<Results<Ok<Page<LeadImportView>>, ProblemHttpResult>> ListAsync(
        ClaimsPrincipal staff, LeadImportStore imports, [Range(1, Paging.Most)] int? limit, string? cursor, CancellationToken cancel)
    {
        if (!Paging.TryId(cursor, out var before))
        {
            return TypedResults.Problem("cursor is not one that this list gave out.", statusCode: StatusCodes.Status400BadRequest);
        }

        return TypedResults.Ok(Paging.Of(await imports.ListAsync(staff.TenantId(), before, Paging.RowsFor(limit), cancel), limit, import => import.Id.ToString()));
    }

    private static async Task<IResult> RowsAsync(
        ClaimsPrincipal staff, HttpContext context, LeadImportStore imports, Guid id, [RegularExpression("waiting|created|joined|unchanged|rejected")] string? status,
        [Range(1, Paging.Most)] int? limit, string? cursor, CancellationToken cancel)
    {
        var after = 0;
        if (!Paging.IsNone(cursor) && !int.TryParse(Paging.Decode(cursor), NumberStyles.None, CultureInfo.InvariantCulture, out after))
        {
            return TypedResults.Problem("cursor is not one that this list gave out.", statusCode: StatusCodes.Status400BadRequest);
        }

        var tenantId = staff.TenantId();
        if (await imports.GetAsync(tenantId, id, cancel) is null)
        {
            return TypedResults.NotFound();
        }

        if (context.Request.GetTypedHeaders().Accept.Any(type => type.MediaType.Equals("text/csv", StringComparison.OrdinalIgnoreCase)))
        {
            await WriteReportAsync(context.Response, imports, tenantId, id, status, cancel);
            return TypedResults.Empty;
        }

        var rows = await imports.RowsAsync(tenantId, id, status, after, Paging.RowsFor(limit), cancel);
        return TypedResults.Ok(Paging.Of(rows, limit, row => row.Line.ToString(CultureInfo.InvariantCulture)));
    }

    // The whole of it, part by part: nobody pages through a file.
    private static async Task WriteReportAsync(HttpResponse response, LeadImportStore imports, Guid tenantId, Guid id, string? status, CancellationToken cancel)
    {
        response.ContentType = "text/csv; charset=utf-8";
        response.Headers.ContentDisposition = $"attachment; filename=\"lead-import-{id}.csv\"";
        var after = 0;
        IReadOnlyList<ImportRowView> rows;
        var isFirst = true;
        do
        {
            rows = await imports.RowsAsync(tenantId, id, status, after, RowsOfAPart, cancel);
            await response.WriteAsync(ImportReport.Write(rows, isFirst), cancel);
            (isFirst, after) = (false, rows is [.., var last] ? last.Line : after);
        }
        while (rows.Count == RowsOfAPart);
    }

    private sealed record SizeLimit(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;
}

/// <summary>A file that is worked on from here on. <c>ignoredColumns</c> are headings of which nothing is taken.</summary>
public sealed record NewLeadImport(Guid Id, string Status, bool DryRun, bool Greet, int Total, IReadOnlyList<string> IgnoredColumns);
