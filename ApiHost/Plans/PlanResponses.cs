using System.Collections.Immutable;
using Orchestrator.ApiHost.Problems;
using Orchestrator.Grains.Plans;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;

namespace Orchestrator.ApiHost.Plans;

/// <summary>One version of a named plan. Versions never change.</summary>
/// <param name="Version">From 1; also its ETag.</param>
internal sealed record PlanResponse(string Name, int Version, DateTimeOffset DefinedAt, Payload Plan)
{
    public static PlanResponse Of(PlanVersion version) => new(version.Name, version.Version, version.DefinedAt, PlanText.Write(version.Plan));
}

/// <summary>A named plan has a new version, or has this one already.</summary>
internal sealed record PlanDefinedResponse(string Name, int Version);

/// <summary>A named plan in a list, by its newest version.</summary>
internal sealed record PlanSummaryResponse(string Name, int Version, DateTimeOffset DefinedAt, string? Description);

internal sealed record PlanVersionResponse(int Version, DateTimeOffset DefinedAt, string? Description);

/// <summary>Everything that is wrong with a plan.</summary>
internal sealed record PlanValidationResponse(bool Valid, IReadOnlyList<ProblemError> Problems);

/// <summary>A plan that comes with the product.</summary>
/// <param name="Inputs">What it asks its caller for.</param>
internal sealed record TemplateResponse(string Name, string? Description, ImmutableArray<TemplateInputResponse> Inputs, Payload? Plan)
{
    public static TemplateResponse Of(Template template, bool whole) => new(
        template.Name,
        template.Plan.Description,
        template.Plan.Inputs.IsDefault ? [] : [.. template.Plan.Inputs.Select(TemplateInputResponse.Of)],
        whole ? PlanText.Write(template.Plan) : null);
}

internal sealed record TemplateInputResponse(string Name, string? Description, bool Required, Payload? Default)
{
    public static TemplateInputResponse Of(PlanInput input) => new(input.Name, input.Description, input.Required, input.Default);
}
