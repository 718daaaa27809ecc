using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Orchestrator.BuiltinAgents.Inputs;

namespace Orchestrator.BuiltinAgents.Searches;

/// <summary>A text that is searched, and the name by which an answer refers to it.</summary>
internal sealed record SearchedDocument(string Id, string Text)
{
    private const int IdLengthMax = 200;

    /// <summary>The list under this name: texts, or objects with <c>text</c> (or <c>content</c>) and an <c>id</c>; without one its place counts.</summary>
    public static ImmutableArray<SearchedDocument> ListOf(AgentInput input, string name)
    {
        var place = 0;
        return input.List(name, (field, element) => Of(input, field, element, ++place));
    }

    private static SearchedDocument? Of(AgentInput input, string field, JsonElement element, int place)
    {
        var text = (AgentInput.Member(element, "text") ?? AgentInput.Member(element, "content")) is { } inner
            ? input.TextOf(field + ".text", inner, input.Options.TextLengthMax)
            : input.TextOf(field, element, input.Options.TextLengthMax);
        var id = AgentInput.Member(element, "id") is { } named ? input.TextOf(field + ".id", named, IdLengthMax) : place.ToString(CultureInfo.InvariantCulture);
        return text is null || id is null ? null : new SearchedDocument(id, text);
    }
}
