using System.Diagnostics;

namespace Orchestrator.ApiHost.Observing;

/// <summary>W3C trace context of a request, whether or not anybody listens to traces.</summary>
internal static class TraceContext
{
    public static string TraceIdOf(HttpContext http) =>
        Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity ? activity.TraceId.ToHexString()
        : Incoming(http) is { } context ? context.TraceId.ToHexString()
        : http.TraceIdentifier;

    /// <summary>What is stored on a workflow, so that what it does next week is linked to who asked for it.</summary>
    public static string? TraceParentOf(HttpContext http) =>
        Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id } ? id
        : Incoming(http) is not null ? http.Request.Headers.TraceParent.ToString()
        : null;

    private static ActivityContext? Incoming(HttpContext http) =>
        ActivityContext.TryParse(http.Request.Headers.TraceParent, http.Request.Headers.TraceState, out var context) ? context : null;
}
