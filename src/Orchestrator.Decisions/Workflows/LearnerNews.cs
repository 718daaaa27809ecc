using System.Collections.Immutable;
using System.Text.Json;
using Orchestrator.Vocabulary.Payloads;

namespace Orchestrator.Decisions.Workflows;

/// <summary>What the answer of a learning agent says beside itself: that a tutor is wanted, and that content was fitted to the learner.</summary>
/// <remarks>Told with the step's outcome, as what agents say in <c>$events</c> is, and to whoever sent the learner's message over a socket.</remarks>
public static class LearnerNews
{
    public const string InterventionRequired = "tutor:intervention:required";
    public const string ContentAdapted = "content:adapted";

    private const int DataBytesMax = 16 * 1024;

    /// <summary>Whether it is worth while to read the answer. Looks for the letters and reads nothing.</summary>
    public static bool Speaks(Payload answer) =>
        answer.Utf8.Span.IndexOf("\"requiresTutorIntervention\""u8) >= 0 || answer.Utf8.Span.IndexOf("\"adaptations\""u8) >= 0;

    /// <summary>The types and what belongs to them; the answer's member <c>response</c> is looked into, or else the answer itself.</summary>
    public static ImmutableArray<(string Type, Payload Data)> In(Payload answer, string agent)
    {
        using var document = answer.Parse();
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            return [];
        }

        var response = document.RootElement.TryGetProperty("response", out var inner) && inner.ValueKind == JsonValueKind.Object ? inner : document.RootElement;
        var told = ImmutableArray.CreateBuilder<(string, Payload)>();
        if (response.TryGetProperty("requiresTutorIntervention", out var wanted) && wanted.ValueKind == JsonValueKind.True)
        {
            told.Add((InterventionRequired, WorkflowNews.Json(json =>
            {
                json.WriteString("agentId", agent);
                json.WriteString("reason", response.TryGetProperty("interventionReason", out var reason) && reason.ValueKind == JsonValueKind.String ? reason.GetString() : null);
                json.WritePropertyName("context");
                WriteBounded(json, response);
            })));
        }

        if (response.TryGetProperty("adaptations", out var adaptations) && adaptations.ValueKind == JsonValueKind.Array && adaptations.GetArrayLength() > 0)
        {
            told.Add((ContentAdapted, WorkflowNews.Json(json =>
            {
                json.WriteString("agentId", agent);
                json.WritePropertyName("adaptations");
                WriteBounded(json, adaptations);
            })));
        }

        return told.ToImmutable();
    }

    private static void WriteBounded(Utf8JsonWriter json, JsonElement value)
    {
        if (Payload.FromElement(value) is { Length: <= DataBytesMax } small)
        {
            json.WriteRawValue(small.Utf8.Span, skipInputValidation: true);
        }
        else
        {
            json.WriteNullValue();
        }
    }
}
