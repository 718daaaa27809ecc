using System.Collections.Immutable;
using System.Text.Json;
using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Plans;
using Orchestrator.ApiHost.Problems;
using Orchestrator.ApiHost.Requests;
using Orchestrator.ApiHost.Workflows;
using Orchestrator.Decisions.Schedules;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Schedules;

namespace Orchestrator.ApiHost.Schedules;

/// <summary>Reads schedules out of requests, with everything that is wrong with them.</summary>
internal static class ScheduleReading
{
    /// <summary>Two more are added to each workflow.</summary>
    private const int TagsMax = 30;
    private const int NoteLengthMax = 1_000;
    private const int CountMax = 100;

    public static async ValueTask<(Schedule? Schedule, ApiProblem? Problem)> ReadAsync(
        HttpRequest request, RequestBody body, PlanChoice plans, string name, CancellationToken cancellationToken)
    {
        var read = await body.JsonAsync<ScheduleRequest>(request, optional: false, cancellationToken);
        if (read.Problem is not null)
        {
            return (null, read.Problem);
        }

        var check = new RequestCheck();
        var given = read.Value!;
        check.Name(name, given.Name);
        var plan = await plans.ChooseAsync(new StartWorkflowRequest(given.Plan, given.PlanName, given.PlanVersion, given.Template), read.Utf8, check, cancellationToken);
        WorkflowStart.CheckCallback(given.CallbackUrl, check);
        TagText.Check(given.Tags, check);
        if (given.Tags?.Count > TagsMax)
        {
            check.Member("/tags", $"A schedule has at most {TagsMax} tags, for two are added to each workflow; found {given.Tags.Count}.");
        }

        // A plan of the catalogue is looked up at each window; any other is kept with the schedule.
        var start = new ScheduledStart(
            given.PlanName, given.PlanVersion, given.PlanName is null ? plan.Plan : null, given.Input ?? Payload.EmptyObject, PriorityText.Read(given.Priority, check), given.Tags, given.CallbackUrl);
        var schedule = new Schedule(
            name,
            Times(given.Cron, given.Every, given.Anchor, given.TimeZone, given.From, given.Until, given.Jitter, check),
            start,
            Overlap(given.Overlap, check) ?? OverlapPolicy.Skip,
            Word<CatchUpPolicy>("/catchUp", given.CatchUp, check) ?? CatchUpPolicy.All,
            Duration("/catchUpWindow", given.CatchUpWindow, check),
            given.ActionsMax,
            given.Description);
        if (plan.Plan is not null && check.Count == 0)
        {
            Judge(ScheduleRules.Problems(schedule), check);
        }

        return (schedule, check.Problem ?? plan.Problem);
    }

    public static (ScheduleTimes Times, ApiProblem? Problem) Read(PreviewRequest request)
    {
        var check = new RequestCheck();
        var times = Times(request.Cron, request.Every, request.Anchor, request.TimeZone, request.From, request.Until, jitter: null, check);
        if (request.Count is < 1 or > CountMax)
        {
            check.Member("/count", FormattableString.Invariant($"1 to {CountMax} windows are shown, found {request.Count}."));
        }

        if (check.Count == 0)
        {
            Judge(ScheduleRules.Problems(times), check);
        }

        return (times, check.Problem);
    }

    public static OverlapPolicy? Overlap(string? text, RequestCheck check) => Word<OverlapPolicy>("/overlap", text, check);

    public static void CheckNote(string? note, RequestCheck check)
    {
        if (note?.Length > NoteLengthMax)
        {
            check.Member("/note", FormattableString.Invariant($"A note has at most {NoteLengthMax} characters, found {note.Length}."));
        }
    }

    private static void Judge(IEnumerable<(string Member, string Message)> problems, RequestCheck check)
    {
        foreach (var (member, message) in problems)
        {
            check.Member("/" + member, message);
        }
    }

    private static ScheduleTimes Times(
        JsonElement? cron, string? every, DateTimeOffset? anchor, string? timeZone, DateTimeOffset? from, DateTimeOffset? until, string? jitter, RequestCheck check) =>
        new(Cron(cron, check), Duration("/every", every, check), anchor, timeZone, from, until, Duration("/jitter", jitter, check));

    private static ImmutableArray<string> Cron(JsonElement? given, RequestCheck check)
    {
        switch (given)
        {
            case null or { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined }:
                return default;
            case { ValueKind: JsonValueKind.String } text:
                return [text.GetString()!];
            case { ValueKind: JsonValueKind.Array } list when list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String):
                return [.. list.EnumerateArray().Select(item => item.GetString()!)];
            default:
                check.Member("/cron", "cron is one expression, or an array of them.");
                return default;
        }
    }

    private static TEnum? Word<TEnum>(string pointer, string? text, RequestCheck check)
        where TEnum : struct, Enum
    {
        if (text is null)
        {
            return null;
        }

        var words = Enum.GetValues<TEnum>().Skip(1).ToDictionary(SnakeCase.Of, StringComparer.Ordinal);
        if (words.TryGetValue(text, out var value))
        {
            return value;
        }

        check.Member(pointer, $"Expected one of {string.Join(", ", words.Keys)}, found '{RequestCheck.Shown(text)}'.", Nearest.To(text, [.. words.Keys]));
        return null;
    }

    private static TimeSpan? Duration(string pointer, string? text, RequestCheck check)
    {
        if (text is null)
        {
            return null;
        }

        if (IsoDuration.TryRead(text, out var duration))
        {
            return duration;
        }

        check.Member(pointer, $"A duration is ISO 8601 without years and months, such as PT15M, found '{RequestCheck.Shown(text)}'.");
        return null;
    }
}
