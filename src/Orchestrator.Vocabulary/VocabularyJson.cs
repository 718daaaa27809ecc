using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Topics;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Vocabulary;

/// <summary>How our nouns look as JSON wherever they are kept: the journal, the read model, the plan catalog.</summary>
/// <remarks>
/// camelCase, and a member that has its type's default value is left out, so a stored event grows only with what happened.
/// A reader gives what is left out its default again and passes over members it does not know, so old and new processes read each other's events.
/// The text is not escaped for HTML: it is never put into a page as it is.
/// </remarks>
public static class VocabularyJson
{
    /// <summary>Read-only; carries the generated type information below, and knows no other types.</summary>
    public static JsonSerializerOptions Options { get; } = Create();

    /// <summary>The generated type information, for calls that name their type: <c>JsonSerializer.Serialize(writer, e, VocabularyJson.Types.WorkflowEvent)</c>.</summary>
    public static VocabularyJsonTypes Types { get; } = (VocabularyJsonTypes)Options.TypeInfoResolver!;

    private static JsonSerializerOptions Create()
    {
        // The context binds itself to these options and freezes them.
        var types = new VocabularyJsonTypes(new JsonSerializerOptions(VocabularyJsonTypes.Default.Options)
        {
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            TypeInfoResolver = null,
        });
        return types.Options;
    }
}

/// <summary>Type information generated at compile time: no reflection on the way to the journal.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(WorkflowEvent))]
[JsonSerializable(typeof(JournalEntry))]
[JsonSerializable(typeof(ImmutableArray<JournalEntry>))]
[JsonSerializable(typeof(Plan))]
[JsonSerializable(typeof(WorkflowSummary))]
[JsonSerializable(typeof(WorkflowView))]
[JsonSerializable(typeof(Explanation))]
[JsonSerializable(typeof(DeadLetter))]
[JsonSerializable(typeof(Approval))]
[JsonSerializable(typeof(ImmutableArray<string>))]
[JsonSerializable(typeof(CloudEvent))]
[JsonSerializable(typeof(ImmutableSortedDictionary<string, string>))]
public sealed partial class VocabularyJsonTypes : JsonSerializerContext;
