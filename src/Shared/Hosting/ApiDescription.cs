using LeadOrchestrator.Shared.Auth;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace LeadOrchestrator.Shared.Hosting;

/// <summary>What the types and routes alone don't tell OpenAPI, the same for every service: that times are text, and how one signs in.</summary>
public static class ApiDescription
{
    private const string Bearer = "Bearer";
    private const string ApiKey = "ApiKey";
    private const string Tenant = "TenantId";

    /// <summary>Adds it to a document.</summary>
    public static void Describe(OpenApiOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.AddSchemaTransformer((schema, context, _) => TellTimes(schema, context));
        options.AddOperationTransformer((operation, context, _) => TellSignIn(operation, context));
        options.AddDocumentTransformer(AddPartsAsync);
    }

    // Our own converter of times hides from the generator that they are text.
    private static Task TellTimes(OpenApiSchema schema, OpenApiSchemaTransformerContext context)
    {
        var type = context.JsonTypeInfo.Type;
        if ((Nullable.GetUnderlyingType(type) ?? type) == typeof(DateTimeOffset))
        {
            // What is left out of an address is left out, and not null.
            var mayBeNull = type != typeof(DateTimeOffset) && context.ParameterDescription is null;
            schema.Type = mayBeNull ? JsonSchemaType.String | JsonSchemaType.Null : JsonSchemaType.String;
            schema.Format = "date-time";
        }

        return Task.CompletedTask;
    }

    private static Task TellSignIn(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<IAllowAnonymous>().Any())
        {
            return Task.CompletedTask;
        }

        var customers = metadata.OfType<AuthorizationPolicy>().SelectMany(policy => policy.AuthenticationSchemes).Where(scheme => scheme != StaffSignIn.Scheme).Distinct().ToList();
        List<string> ways = [.. customers, Bearer];
        if (KeysMay(metadata, context.Description.HttpMethod))
        {
            ways.Add(ApiKey);
        }

        operation.Security = [.. ways.Select(way => new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(way, context.Document)] = [] })];
        operation.Responses ??= [];
        operation.Responses.TryAdd("401", Problem("Unauthorized", context.Document!));
        if (customers.Count == 0)
        {
            (operation.Parameters ??= []).Add(new OpenApiParameterReference(Tenant, context.Document));
        }

        return Task.CompletedTask;
    }

    // As StaffRights decides it.
    private static bool KeysMay(IList<object> metadata, string? method) => metadata.OfType<KeyScope>().Any()
        || (method is "GET" or "HEAD" && !metadata.OfType<AuthorizationPolicy>().SelectMany(policy => policy.Requirements).OfType<StaffRight>().Any(right => right.Roles is not null)
            && !metadata.OfType<IAuthorizeData>().Any(data => data.Roles is not null));

    private static OpenApiResponse Problem(string description, OpenApiDocument document) => new()
    {
        Description = description,
        Content = new Dictionary<string, OpenApiMediaType>
        {
            ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference(nameof(ProblemDetails), document) },
        },
    };

    private static async Task AddPartsAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancel)
    {
        if (document.Components?.Schemas?.ContainsKey(nameof(ProblemDetails)) != true)
        {
            document.AddComponent(nameof(ProblemDetails), (IOpenApiSchema)await context.GetOrCreateSchemaAsync(typeof(ProblemDetails), null, cancel));
        }

        document.AddComponent<IOpenApiSecurityScheme>(Bearer, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http, Scheme = "bearer", BearerFormat = "JWT", Description = "For people: the accessToken of POST /api/auth/sessions.",
        });
        document.AddComponent<IOpenApiSecurityScheme>(ApiKey, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = "X-Api-Key", Description = "For systems: a key of POST /api/api-keys, with the scope that the route asks for.",
        });
        document.AddComponent<IOpenApiParameter>(Tenant, new OpenApiParameter
        {
            Name = "X-Tenant-Id", In = ParameterLocation.Header, Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            Description = "The franchise in which a platform administrator acts, by slug or id; the default one without it. It says nothing to others.",
        });
    }
}
