using System.Collections.Immutable;
using Orchestrator.ApiHost.Requests;

namespace Orchestrator.ApiHost.Workflows;

/// <summary>Tags: short words to find workflows by.</summary>
internal static class TagText
{
    private const int CountMax = 32;
    private const int KeyLengthMax = 64;
    private const int ValueLengthMax = 256;

    /// <summary>Reads <c>key:value</c> pairs of a query.</summary>
    public static ImmutableSortedDictionary<string, string>? Read(string[]? texts, string parameter, RequestCheck check)
    {
        if (texts is not { Length: > 0 })
        {
            return null;
        }

        var tags = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            if (text.Split(':', 2) is [{ Length: > 0 } key, var value] && tags.TryAdd(key, value))
            {
                continue;
            }

            check.Parameter(parameter, $"A tag is key:value, each key once, found '{RequestCheck.Shown(text)}'.");
        }

        return tags.ToImmutable();
    }

    public static void Check(ImmutableSortedDictionary<string, string>? tags, RequestCheck check, string pointer = "/tags")
    {
        if (tags is null)
        {
            return;
        }

        if (tags.Count > CountMax)
        {
            check.Member(pointer, FormattableString.Invariant($"There are at most {CountMax} tags, found {tags.Count}."));
        }

        foreach (var (key, value) in tags)
        {
            if (key.Length is 0 or > KeyLengthMax || key.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-')))
            {
                check.Member(pointer + JsonPointer.Of(key), $"A tag's key has 1 to {KeyLengthMax} letters, digits, '.', '_' and '-', found '{RequestCheck.Shown(key)}'.");
            }

            if (value is not { Length: <= ValueLengthMax } || value.Any(char.IsControl))
            {
                check.Member(pointer + JsonPointer.Of(key), $"A tag's value has at most {ValueLengthMax} characters and no control characters.");
            }
        }
    }
}
