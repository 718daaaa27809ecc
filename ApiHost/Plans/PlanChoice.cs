using System.Text;
using System.Text.Json;
using Orchestrator.ApiHost.Problems;
using Orchestrator.ApiHost.Requests;
using Orchestrator.ApiHost.Workflows;
using Orchestrator.Grains;
using Orchestrator.Vocabulary.Plans;

namespace Orchestrator.ApiHost.Plans;

/// <summary>The plan a request means, or why there is none.</summary>
internal readonly record struct ChosenPlan(Plan? Plan, ApiProblem? Problem, string? Name = null, int? Version = null);

/// <summary>Finds the plan a request means: written into it, kept in the catalogue, or shipped with the product.</summary>
internal sealed class PlanChoice(IGrainFactory grains, TemplateShelf templates)
{
    public async ValueTask<ChosenPlan> ChooseAsync(StartWorkflowRequest request, ReadOnlyMemory<byte> utf8, RequestCheck check, CancellationToken cancellationToken)
    {
        var given = (request.Plan is null ? 0 : 1) + (request.PlanName is null ? 0 : 1) + (request.Template is null ? 0 : 1);
        if (given != 1)
        {
            check.Member("", "Exactly one of plan, planName and template says what the workflow does; found " + (given == 0 ? "none." : "more than one."));
            return default;
        }

        if (request.PlanVersion is { } version && (request.PlanName is null || version < 1))
        {
            check.Member("/planVersion", "A version is 1 or more and goes with planName.");
            return default;
        }

        return request switch
        {
            { Plan: { ValueKind: JsonValueKind.Object } } => FromText(JsonText.Only(utf8.Span, JsonText.Member(utf8.Span, "plan")!.Value), "/plan"),
            { Plan: { ValueKind: JsonValueKind.String } text } => FromText(Encoding.UTF8.GetBytes(text.GetString()!), "/plan"),
            { Plan: not null } => Wrong(check, "/plan", "A plan is an object, or a text in YAML or JSON."),
            { PlanName: { } name } => await FromCatalogueAsync(name, request.PlanVersion, cancellationToken),
            { Template: { } name } => FromShelf(name),
            _ => default,
        };
    }

    /// <param name="pointer">Where in the request the text stands.</param>
    public ChosenPlan FromText(ReadOnlyMemory<byte> utf8, string pointer)
    {
        var read = PlanText.Read(utf8, pointer);
        return new(read.Plan, read.Plan is null ? PlanText.Invalid(read.Errors) : null);
    }

    private async ValueTask<ChosenPlan> FromCatalogueAsync(string name, int? version, CancellationToken cancellationToken) =>
        PlanNames.IsName(name) && await grains.Plan(name).GetAsync(version, cancellationToken) is { } found
            ? new(found.Plan, null, found.Name, found.Version)
            : new(null, ApiProblem.Of("plan.not_found", version is { } number
                ? FormattableString.Invariant($"The catalogue has no version {number} of a plan '{RequestCheck.Shown(name)}'.")
                : $"The catalogue has no plan '{RequestCheck.Shown(name)}'."));

    private ChosenPlan FromShelf(string name) => templates.Find(name) is { } template
        ? new(template.Plan, null, template.Name)
        : new(null, ApiProblem.Of("template.not_found", $"There is no template '{RequestCheck.Shown(name)}'."));

    private static ChosenPlan Wrong(RequestCheck check, string pointer, string detail)
    {
        check.Member(pointer, detail);
        return default;
    }
}
