using Swashbuckle.AspNetCore.SwaggerUI;

namespace Orchestrator.ApiHost.Documents;

/// <summary>The document, and a page to read it on whose every asset is our own.</summary>
internal static class DocumentPages
{
    public const string Path = "/docs";

    public static void UseDocumentPage(this IApplicationBuilder app) => app.UseSwaggerUI(options =>
    {
        options.RoutePrefix = Path[1..];
        options.DocumentTitle = "Orchestrator API";
        options.SwaggerEndpoint($"/openapi/{ApiDocument.Name}.json", "Orchestrator API v1");
        options.DocExpansion(DocExpansion.List);
        options.EnableDeepLinking();
    });

    public static void MapDocuments(this IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi("/openapi/{documentName}.json");
        routes.MapOpenApi("/openapi/{documentName}.yaml");
    }
}
