using System.Text.Json;

namespace Orchestrator.ApiHost.Requests;

/// <summary>Durations of routes and tasks: a bare number means seconds, a text is ISO 8601.</summary>
internal static class SecondsText
{
    /// <summary>Null when none is given.</summary>
    public static TimeSpan? Read(JsonElement? given, string pointer, TimeSpan least, TimeSpan most, RequestCheck check)
    {
        var read = given switch
        {
            null or { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } => TimeSpan.Zero,
            { ValueKind: JsonValueKind.Number } number when number.TryGetDouble(out var seconds) && seconds > 0 && seconds <= most.TotalSeconds => TimeSpan.FromSeconds(seconds),
            { ValueKind: JsonValueKind.String } text when IsoDuration.TryRead(text.GetString(), out var duration) => duration,
            _ => (TimeSpan?)null,
        };
        if (read == TimeSpan.Zero && given is null or { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined })
        {
            return null;
        }

        if (read is { } value && value >= least && value <= most)
        {
            return value;
        }

        check.Member(pointer, FormattableString.Invariant($"A timeout is a number of seconds or an ISO 8601 duration such as PT2M, from {least.TotalSeconds} s to {most.TotalDays} days."));
        return null;
    }
}
