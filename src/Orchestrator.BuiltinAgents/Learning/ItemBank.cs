using System.Collections.Immutable;
using System.Text.Json;
using Orchestrator.BuiltinAgents.Inputs;

namespace Orchestrator.BuiltinAgents.Learning;

/// <summary>The items a learner can be asked: those that ship, those of a folder, and those a request brings along; of one id the later.</summary>
internal sealed class ItemBank
{
    public const int ItemsMax = 20_000;
    private const int TextLengthMax = 4_000;
    private const int NameLengthMax = 200;
    private const int ListMax = 20;
    private const double DifficultyMax = 6;

    private readonly ImmutableSortedDictionary<string, Item> items;

    private ItemBank(ImmutableSortedDictionary<string, Item> items) => this.items = items;

    public static ItemBank Shipped { get; } = new(ReadShipped());

    public IEnumerable<Item> All => items.Values;

    public int Count => items.Count;

    public ImmutableArray<string> Subjects => [.. All.Select(item => item.Subject).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>With the items of every <c>*.json</c> of a folder, each a list in the form of those that ship.</summary>
    /// <exception cref="InvalidOperationException">The folder cannot be read, or an item in it is none; the message names the file, the item and what is wrong.</exception>
    public static ItemBank With(string? folder)
    {
        if (folder is null)
        {
            return Shipped;
        }

        if (!Directory.Exists(folder))
        {
            throw new InvalidOperationException($"BuiltinAgents:ItemsFolder is '{folder}', where an existing folder was expected.");
        }

        var more = new List<Item>();
        foreach (var file in Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal))
        {
            more.AddRange(ReadFile(file));
        }

        return Shipped.And(more);
    }

    public Item? Find(string id) => items.GetValueOrDefault(id);

    public ItemBank And(IEnumerable<Item> more)
    {
        var all = items.SetItems(more.Select(item => KeyValuePair.Create(item.Id, item)));
        return all.Count <= ItemsMax ? new(all) : throw new InvalidOperationException($"An item bank holds at most {ItemsMax} items, found {all.Count}.");
    }

    /// <summary>The item made whole, or what is wrong with it.</summary>
    public static string? Problem(Item item, out Item whole)
    {
        ImmutableArray<string> Listed(ImmutableArray<string> list) => list.IsDefault ? [] : list;
        var made = whole = item with
        {
            Subject = item.Subject?.ToLowerInvariant() ?? "",
            Skill = item.Skill ?? "",
            Options = Listed(item.Options),
            Answers = Listed(item.Answers),
            Hints = Listed(item.Hints),
            Misconceptions = item.Misconceptions.IsDefault ? [] : item.Misconceptions,
        };
        var texts = whole.Options.Concat(whole.Answers).Concat(whole.Hints).Concat(whole.Misconceptions.SelectMany(known => new[] { known?.Answer, known?.Feedback })).ToList();
        return item.Id is not { Length: > 0 and <= NameLengthMax } ? "an 'id' of 1 to 200 characters is missing"
            : whole.Subject.Length is 0 or > NameLengthMax || whole.Skill.Length is 0 or > NameLengthMax ? "'subject' and 'skill' of 1 to 200 characters are expected"
            : item.Prompt is not { Length: > 0 and <= TextLengthMax } ? "a 'prompt' of 1 to 4,000 characters is missing"
            : whole.Answers.IsEmpty ? "'answers' names no right answer"
            : !double.IsFinite(item.Difficulty) || Math.Abs(item.Difficulty) > DifficultyMax ? "'difficulty' is -6 to 6 logits"
            : item.GradeLevel is < 0 or > 20 ? "'gradeLevel' is 0 to 20"
            : new[] { whole.Options.Length, whole.Answers.Length, whole.Hints.Length, whole.Misconceptions.Length }.Max() > ListMax ? "its lists have at most 20 entries each"
            : texts.Exists(text => text is not { Length: > 0 and <= TextLengthMax }) ? "its texts have 1 to 4,000 characters each"
            : !whole.Options.IsEmpty && !made.Options.Any(option => Grading.IsRight(made, option)) ? "none of its options is right"
            : null;
    }

    private static IEnumerable<Item> ReadFile(string file)
    {
        using var stream = File.OpenRead(file);
        return Read(stream, file);
    }

    private static ImmutableSortedDictionary<string, Item> ReadShipped()
    {
        using var stream = typeof(ItemBank).Assembly.GetManifestResourceStream("Learning.items.json")!;
        return Read(stream, "the items that ship").ToImmutableSortedDictionary(item => item.Id, item => item, StringComparer.Ordinal);
    }

    private static List<Item> Read(Stream stream, string place)
    {
        List<Item?>? read;
        try
        {
            read = JsonSerializer.Deserialize<List<Item?>>(stream, AgentJson.Options);
        }
        catch (JsonException exception)
        {
            throw new InvalidOperationException($"The items in {place} cannot be read, where a list of items in JSON was expected: {exception.Message}", exception);
        }

        var items = new List<Item>();
        foreach (var item in read ?? [])
        {
            var problem = item is null ? "it is null" : Problem(item, out var whole) is { } wrong ? wrong : Add(whole);
            if (problem is not null)
            {
                throw new InvalidOperationException($"Item {items.Count + 1} ('{item?.Id}') in {place} is none: {problem}.");
            }
        }

        return items;

        string? Add(Item whole)
        {
            items.Add(whole);
            return null;
        }
    }
}
