using System.Collections.Immutable;
using System.Text.Json;
using Orchestrator.ApiHost.Problems;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;

namespace Orchestrator.ApiHost.Plans;

/// <summary>A plan, or everything that is wrong with its text.</summary>
internal sealed record PlanReading(Plan? Plan, ImmutableArray<ProblemError> Errors);

/// <summary>Plans as texts.</summary>
internal static class PlanText
{
    public static PlanReading Read(ReadOnlyMemory<byte> utf8, string pointer)
    {
        try
        {
            return new(JsonSerializer.Deserialize(utf8.Span, VocabularyJson.Types.Plan), []);
        }
        catch (JsonException e)
        {
            return new(null, [new(e.Message, Code: "plan.syntax", Pointer: pointer)]);
        }
    }

    public static Payload Write(Plan plan) => Payload.FromTrustedUtf8(JsonSerializer.SerializeToUtf8Bytes(plan, VocabularyJson.Types.Plan));

    public static ApiProblem Invalid(ImmutableArray<ProblemError> errors) => ApiProblem.Of(
        "plan.invalid",
        errors.Length == 1 ? errors[0].Detail : FormattableString.Invariant($"The plan has {errors.Length} errors; the first: {errors[0].Detail}")) with
    {
        Errors = errors,
    };
}
