using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Orchestrator.ApiHost.Problems;

namespace Orchestrator.ApiHost.Documents;

/// <summary>The OpenAPI 3.1 document, made from the endpoints themselves.</summary>
internal static class ApiDocument
{
    public const string Name = "v1";
    private const string ProblemMediaType = "application/problem+json";

    /// <summary>What any endpoint may answer before its own code runs, or when that breaks.</summary>
    private static readonly string[] Everywhere = ["request.invalid", "access.key_needed", "access.denied", "host.refused", "origin.refused", "server.fault", "server.not_ready", "storage.unavailable"];

    /// <summary>What any endpoint that reads a body may answer.</summary>
    private static readonly string[] WithBody = ["request.malformed", "request.timeout", "request.too_large", "request.media_type"];

    public static IServiceCollection AddApiDocument(this IServiceCollection services) => services.AddOpenApi(Name, options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddSchemaTransformer((schema, _, _) =>
        {
            // The zero of a stored enum is a refusal, and no answer ever holds it.
            if (schema.Enum is { } names && names.FirstOrDefault(name => name?.GetValueKind() == System.Text.Json.JsonValueKind.String && name.GetValue<string>() == "none") is { } none)
            {
                names.Remove(none);
            }

            return Task.CompletedTask;
        });
        options.AddOperationTransformer(DescribeAsync);
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Orchestrator",
                Version = "1",
                Description = "Durable workflows of agents. Moments are RFC 3339 in UTC, durations ISO 8601 in requests and milliseconds "
                    + "in answers, priorities 1 to 5 with 5 the most urgent. "
                    + "Every answer from 400 up is problem details (RFC 9457); `/errors` explains each kind.",
                License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" },
            };

            // Where keys are required; elsewhere the second requirement, which is none, is enough.
            document.AddComponent("key", new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "A key of `Operators`." } as IOpenApiSecurityScheme);
            document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("key", document)] = [] }, new OpenApiSecurityRequirement()];

            // The address under which somebody happened to read the document is no part of it.
            document.Servers = [new OpenApiServer { Url = "/" }];
            return Task.CompletedTask;
        });
    });

    private static async Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        operation.Parameters ??= [];
        foreach (var header in metadata.OfType<RequestHeader>())
        {
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = header.Name,
                In = ParameterLocation.Header,
                Description = header.Description,
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            });
        }

        if (metadata.OfType<RequestExample>().FirstOrDefault() is { } example && operation.RequestBody?.Content is { } content)
        {
            foreach (var (mediaType, body) in content)
            {
                if (mediaType.EndsWith("json", StringComparison.Ordinal) && body is OpenApiMediaType concrete)
                {
                    concrete.Example = JsonNode.Parse(example.Json);
                }
            }
        }

        var document = context.Document!;
        if (document.Components?.Schemas?.ContainsKey("Problem") is not true)
        {
            document.AddComponent("Problem", await context.GetOrCreateSchemaAsync(typeof(ProblemResponse), null, cancellationToken));
        }

        var kinds = metadata.OfType<ProblemCodes>().SelectMany(codes => codes.Codes).Concat(Everywhere).Concat(operation.RequestBody is null ? [] : WithBody).Distinct(StringComparer.Ordinal).Select(ProblemCatalog.Find);
        operation.Responses ??= [];
        foreach (var group in kinds.GroupBy(kind => kind.Status).OrderBy(group => group.Key))
        {
            operation.Responses[group.Key.ToString(System.Globalization.CultureInfo.InvariantCulture)] = new OpenApiResponse
            {
                Description = string.Join(" ", group.Select(kind => $"`{kind.Code}`: {kind.Title}.")),
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    [ProblemMediaType] = new()
                    {
                        Schema = new OpenApiSchemaReference("Problem", document),
                        Example = Sample(group.First()),
                    },
                },
            };
        }
    }

    private static JsonObject Sample(ProblemKind kind) => new()
    {
        ["type"] = kind.Type,
        ["title"] = kind.Title,
        ["status"] = kind.Status,
        ["detail"] = kind.Title + ".",
        ["instance"] = "request:0HNABCDEF:00000001",
        ["code"] = kind.Code,
        ["traceId"] = "0af7651916cd43dd8448eb211c80319c",
        ["retryable"] = kind.Retryable,
    };
}
