using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Documents;
using Orchestrator.ApiHost.Paging;
using Orchestrator.ApiHost.Problems;
using Orchestrator.ApiHost.Requests;

namespace Orchestrator.ApiHost.Plans;

/// <summary>Plans that come with the product.</summary>
internal static class TemplateEndpoints
{
    public static void MapTemplates(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/templates", (TemplateShelf shelf) =>
                Results.Json(new Page<TemplateResponse>([.. shelf.All.Select(template => TemplateResponse.Of(template, whole: false))], NextCursor: null), ApiJson.Responses))
            .WithName("listTemplates")
            .WithSummary("List templates")
            .WithDescription("Plans that come with the product. `POST /api/v1/workflows` with `template` and `input` runs one.")
            .Produces<Page<TemplateResponse>>();

        routes.MapGet("/templates/{name}", (string name, TemplateShelf shelf) => shelf.Find(name) is { } template
                ? Results.Json(TemplateResponse.Of(template, whole: true), ApiJson.Responses)
                : ApiProblem.Of("template.not_found", $"There is no template '{RequestCheck.Shown(name)}'."))
            .WithName("getTemplate")
            .WithSummary("Read a template")
            .Produces<TemplateResponse>()
            .Fails("template.not_found");
    }
}
