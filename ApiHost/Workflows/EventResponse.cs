using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.ApiHost.Workflows;

/// <summary>Something that happened to a workflow.</summary>
/// <param name="Number">From 1, without gaps; the <c>id:</c> of the event stream.</param>
/// <param name="Type">Such as <c>step.completed</c>; the <c>event:</c> of the event stream.</param>
/// <param name="Data">What there is to say about it; readers pass over members they do not know.</param>
internal sealed record EventResponse(long Number, DateTimeOffset At, string Type, JsonElement Data)
{
    private static readonly ConcurrentDictionary<Type, string> Names = new();

    /// <summary>The stored name without the number of its stored form: the API has a version of its own.</summary>
    public static string TypeOf(WorkflowEvent happened) => Names.GetOrAdd(happened.GetType(), static type =>
        typeof(WorkflowEvent).GetCustomAttributes<JsonDerivedTypeAttribute>().First(derived => derived.DerivedType == type).TypeDiscriminator!.ToString()!.Split('/')[0]);

    public static EventResponse Of(JournalEntry entry) => new(entry.Number, entry.At, TypeOf(entry.Event),
        // Through the case's own type, so that the stored discriminator stays out of the answer.
        JsonSerializer.SerializeToElement(entry.Event, VocabularyJson.Options.GetTypeInfo(entry.Event.GetType())));
}
