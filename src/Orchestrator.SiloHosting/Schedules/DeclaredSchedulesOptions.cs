using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Schedules;

namespace Orchestrator.SiloHosting.Schedules;

/// <summary>Schedules that the configuration declares, beside those that are put over the API.</summary>
public sealed class DeclaredSchedulesOptions
{
    public const string Section = "Schedules";

    /// <summary>By name. One that is put over the API under the same name is replaced at the next start or change; one that is declared no longer is paused until it is declared again.</summary>
    public Dictionary<string, ScheduleDeclaration> Declared { get; set; } = [];
}

/// <summary>A schedule as a settings file declares it.</summary>
public sealed class ScheduleDeclaration
{
    /// <summary>Expressions of five fields (minute, hour, day of month, month, day of week), or six with seconds first; at most 20.</summary>
    public List<string> Cron { get; set; } = [];

    /// <summary>An interval, beside or instead of cron.</summary>
    /// <value>Whole seconds, 1 s to 366 days.</value>
    public TimeSpan? Every { get; set; }

    /// <summary>For cron: a name of the IANA time zone database.</summary>
    /// <value>UTC without one.</value>
    public string? TimeZone { get; set; }

    /// <summary>Each window starts so much later at most.</summary>
    /// <value>0 to 1 hour. The default is 0.</value>
    public TimeSpan? Jitter { get; set; }

    /// <summary>What becomes of a window that comes while the workflow of an earlier one runs.</summary>
    /// <value>Skip, BufferOne, BufferAll, CancelOther, TerminateOther or AllowAll. The default is Skip.</value>
    [EnumDataType(typeof(OverlapPolicy))]
    public OverlapPolicy Overlap { get; set; } = OverlapPolicy.Skip;

    /// <summary>What becomes of windows that passed while nobody was there.</summary>
    /// <value>Skip, One or All. The default is All.</value>
    [EnumDataType(typeof(CatchUpPolicy))]
    public CatchUpPolicy CatchUp { get; set; } = CatchUpPolicy.All;

    /// <summary>Windows that are later than this are never caught up.</summary>
    /// <value>1 s to 366 days. The default is a day.</value>
    public TimeSpan? CatchUpWindow { get; set; }

    /// <summary>The plan of the catalogue that each window starts, as it stands then.</summary>
    public string Plan { get; set; } = "";

    /// <summary>What the plan's inputs are, as texts.</summary>
    public Dictionary<string, string> Input { get; set; } = [];

    /// <value>1 to 5, 5 the most urgent. The default is 3.</value>
    [Range(1, 5)]
    public int Priority { get; set; } = 3;

    public string? Description { get; set; }

    internal Schedule ToSchedule(string name) => new(
        name,
        new ScheduleTimes(Cron.Count == 0 ? default : [.. Cron], Every, TimeZone: TimeZone, Jitter: Jitter),
        new ScheduledStart(Plan.Length == 0 ? null : Plan, Input: Payload.From(Input.ToImmutableSortedDictionary(StringComparer.Ordinal)), Priority: Priority),
        Overlap,
        CatchUp,
        CatchUpWindow,
        Description: Description,
        Declared: true);
}
