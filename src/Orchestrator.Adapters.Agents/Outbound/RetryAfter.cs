using System.Net;

namespace Orchestrator.Adapters.Agents.Outbound;

/// <summary>When an answer says that it wants to be asked again.</summary>
internal static class RetryAfter
{
    /// <returns>Null where the status is none that asks to wait, or the header says nothing that can be used; never more than <paramref name="most"/>.</returns>
    public static TimeSpan? Of(HttpResponseMessage response, TimeSpan most, TimeProvider clock)
    {
        if (response.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable))
        {
            return null;
        }

        return Within(response, most, clock);
    }

    /// <summary>The same, whatever the status.</summary>
    public static TimeSpan? Within(HttpResponseMessage response, TimeSpan most, TimeProvider clock)
    {
        var header = response.Headers.RetryAfter;
        var asked = header?.Delta ?? header?.Date - clock.GetUtcNow();
        return asked is not { } wait || wait < TimeSpan.Zero ? null : wait < most ? wait : most;
    }
}
