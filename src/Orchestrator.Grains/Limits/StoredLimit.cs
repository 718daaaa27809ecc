using System.Text.Json;
using Orchestrator.Vocabulary.Limits;

namespace Orchestrator.Grains.Limits;

/// <summary>What is kept of a limit: its declaration as JSON, how often there was one, whether calls may be out, and what was left when it was last put down.</summary>
[GenerateSerializer, Alias("stored-limit")]
public sealed class StoredLimit
{
    // Every member is written out, so that a default that changes one day changes no stored limit.
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    [Id(0)]
    public string? Limit { get; set; }

    [Id(1)]
    public long Revision { get; set; }

    /// <summary>The activation that may have let calls through: it writes its name before the first, and takes it back when it ends in good order.</summary>
    [Id(2)]
    public string? GrantedBy { get; set; }

    /// <summary>When an activation last ended in good order.</summary>
    [Id(3)]
    public DateTimeOffset LeftAt { get; set; }

    /// <summary>What was left then of capacities that were not full.</summary>
    [Id(4)]
    public List<Level> Left { get; set; } = [];

    /// <summary>What would be left if the activation were lost: capacities that are not listed are full. As of <see cref="KeptAt"/>.</summary>
    [Id(5)]
    public List<Level> Kept { get; set; } = [];

    [Id(6)]
    public DateTimeOffset KeptAt { get; set; }

    /// <summary>How the limit counted when <see cref="Kept"/> was written (<c>KeptRates.NameOf</c>); null when nothing is kept, and rates are counted from none.</summary>
    [Id(7)]
    public string? KeptFor { get; set; }

    public Limit? Read() => Limit is null ? null
        : JsonSerializer.Deserialize<Limit>(Limit, Json) ?? throw new InvalidOperationException("A stored limit holds the JSON value null, where its declaration was expected.");

    public static string Write(Limit limit) => JsonSerializer.Serialize(limit, Json);

    public StoredLimit With(string? limit, long revision) => new()
    {
        Limit = limit,
        Revision = revision,
        GrantedBy = GrantedBy,
        LeftAt = LeftAt,
        Left = Left,
        Kept = Kept,
        KeptAt = KeptAt,
        KeptFor = KeptFor,
    };

    /// <summary>An activation that may have let calls through; what an earlier one kept stays what may be relied on.</summary>
    public StoredLimit GrantingBy(string activation) => new() { Limit = Limit, Revision = Revision, GrantedBy = activation, Kept = Kept, KeptAt = KeptAt, KeptFor = KeptFor };

    /// <summary>The activation has ended in good order.</summary>
    public StoredLimit LeftWith(DateTimeOffset at, List<Level> left) => new() { Limit = Limit, Revision = Revision, LeftAt = at, Left = left };

    public StoredLimit Keeping(string? rates, DateTimeOffset at, List<Level> levels) => new()
    {
        Limit = Limit,
        Revision = Revision,
        GrantedBy = GrantedBy,
        LeftAt = LeftAt,
        Left = Left,
        Kept = levels,
        KeptAt = at,
        KeptFor = rates,
    };

    [GenerateSerializer, Alias("stored-limit-level")]
    public sealed class Level
    {
        [Id(0)]
        public string Pool { get; set; } = "";

        [Id(1)]
        public long? Requests { get; set; }

        [Id(2)]
        public long? Tokens { get; set; }
    }
}
