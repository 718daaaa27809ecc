using System.Buffers;
using System.Text.Json;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;

namespace Orchestrator.Decisions.Plans;

/// <summary>Completes what a caller gives by what the plan declares. Pure.</summary>
public static class PlanInputs
{
    /// <summary>The input with defaults in the place of what was left out, or why it cannot be used.</summary>
    /// <remarks>A plan that declares no inputs takes any. An input given as null stays null: the caller has said so.</remarks>
    public static (Payload Input, string? Problem) Complete(Plan plan, Payload given)
    {
        if (plan.Inputs.IsDefaultOrEmpty)
        {
            return (given, null);
        }

        using var document = (given.IsNull ? Payload.EmptyObject : given).Parse();
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            return (given, $"Plan '{plan.Id}' expects an object with {Names(plan.Inputs)} as its input, found a value of kind {root.ValueKind.ToString().ToLowerInvariant()}.");
        }

        var absent = plan.Inputs.Where(input => !root.TryGetProperty(input.Name, out _)).ToList();
        var missing = absent.Where(input => input.Required && input.Default is null).ToList();
        if (missing.Count > 0)
        {
            return (given, $"Plan '{plan.Id}' needs {Names(missing)}, which the input does not have.");
        }

        var defaults = absent.Where(input => input.Default is not null).ToList();
        return (defaults.Count == 0 ? given : Merge(root, defaults), null);
    }

    private static Payload Merge(JsonElement root, List<PlanInput> defaults)
    {
        var output = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true });
        json.WriteStartObject();
        foreach (var member in root.EnumerateObject())
        {
            member.WriteTo(json);
        }

        foreach (var input in defaults)
        {
            json.WritePropertyName(input.Name);
            json.WriteRawValue(input.Default!.Value.Utf8.Span, skipInputValidation: true);
        }

        json.WriteEndObject();
        json.Flush();
        return Payload.FromTrustedUtf8(output.WrittenMemory.ToArray());
    }

    private static string Names(IEnumerable<PlanInput> inputs) => string.Join(", ", inputs.Select(input => $"'{input.Name}'"));
}
