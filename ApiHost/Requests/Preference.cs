using System.Globalization;

namespace Orchestrator.ApiHost.Requests;

/// <summary>What the caller would like (RFC 7240): to wait a while for the end, or to be answered at once. Anything else is passed over, as the RFC asks.</summary>
internal readonly record struct Preference(TimeSpan? Wait, bool RespondAsync)
{
    public const string Header = "Prefer";
    public const string AppliedHeader = "Preference-Applied";

    /// <summary>No request is held open longer.</summary>
    public static TimeSpan WaitMax { get; } = TimeSpan.FromSeconds(30);

    public static Preference Read(HttpRequest request)
    {
        TimeSpan? wait = null;
        var respondAsync = false;
        foreach (var preference in request.Headers[Header].SelectMany(line => (line ?? "").Split(',', StringSplitOptions.TrimEntries)))
        {
            var parts = preference.Split(';', 2)[0].Split('=', 2, StringSplitOptions.TrimEntries);
            if (parts[0].Equals("respond-async", StringComparison.OrdinalIgnoreCase))
            {
                respondAsync = true;
            }
            else if (parts is [var name, var value] && name.Equals("wait", StringComparison.OrdinalIgnoreCase)
                && int.TryParse(value.Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            {
                wait ??= Bounded(TimeSpan.FromSeconds(seconds));
            }
        }

        return new(wait, respondAsync);
    }

    /// <summary>Tells the caller which preference was honoured.</summary>
    public void Apply(HttpResponse response)
    {
        if (Wait is { } wait)
        {
            response.Headers[AppliedHeader] = FormattableString.Invariant($"wait={wait.TotalSeconds}");
        }
        else if (RespondAsync)
        {
            response.Headers[AppliedHeader] = "respond-async";
        }
    }

    public static TimeSpan Bounded(TimeSpan wait) => wait > WaitMax ? WaitMax : wait;
}
