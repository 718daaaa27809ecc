using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Orchestrator.BuiltinAgents.Documents;
using Orchestrator.BuiltinAgents.Inputs;
using Orchestrator.BuiltinAgents.Searches;

namespace Orchestrator.BuiltinAgents.Personal;

/// <summary>Contents and people by their ids, from the folders that the operator opened for them. To be asked where there is a folder.</summary>
internal static class Shelf
{
    private static readonly SearchValues<char> IdLetters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    /// <summary>The paragraphs of a content, named <c>id#1</c> and so on; it complains where there is none.</summary>
    public static async Task<ImmutableArray<SearchedDocument>> ParagraphsAsync(AgentInput input, string id, CancellationToken cancellationToken)
    {
        if (await ReadAsync(input, "content_id", input.Options.ContentsFolder!, "BuiltinAgents:ContentsFolder", id, [".md", ".txt"], cancellationToken) is not { } text)
        {
            return [];
        }

        var paragraphs = text.ReplaceLineEndings("\n").Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return [.. paragraphs.Take(input.Options.EntriesMax).Select((paragraph, place) => new SearchedDocument(FormattableString.Invariant($"{id}#{place + 1}"), paragraph))];
    }

    /// <summary>What a person cares about and has seen; it complains where nothing is known of her.</summary>
    public static async Task<Profile?> ProfileAsync(AgentInput input, string id, CancellationToken cancellationToken)
    {
        if (await ReadAsync(input, "user_id", input.Options.ProfilesFolder!, "BuiltinAgents:ProfilesFolder", id, [".json"], cancellationToken) is not { } text)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<Profile>(text, AgentJson.Options);
        }
        catch (JsonException)
        {
            input.Complain("'user_id'", "a profile of { interests: [string], seen: [string] } under it", "another file");
            return null;
        }
    }

    private static async Task<string?> ReadAsync(AgentInput input, string field, string folder, string setting, string id, string[] endings, CancellationToken cancellationToken)
    {
        // An id is a name and never a way: with neither a slash nor a leading dot it stays in the folder, which is looked at once more below.
        if (id.Length == 0 || id[0] == '.' || id.AsSpan().ContainsAnyExcept(IdLetters))
        {
            input.Complain($"'{field}'", "letters, digits, '.', '_' and '-', not beginning with '.'", "another text");
            return null;
        }

        foreach (var ending in endings)
        {
            if (InputFile.Resolve(folder, id + ending).FullPath is { } path)
            {
                if (new FileInfo(path).Length > input.Options.TextLengthMax)
                {
                    input.Complain($"'{field}'", $"at most {input.Options.TextLengthMax} bytes under it", "more");
                    return null;
                }

                return await File.ReadAllTextAsync(path, Encoding.UTF8, cancellationToken);
            }
        }

        input.Complain($"'{field}'", $"a file of that name in {setting}", "none");
        return null;
    }
}

/// <summary>What is known of a person.</summary>
internal sealed record Profile(ImmutableArray<string> Interests, ImmutableArray<string> Seen);
