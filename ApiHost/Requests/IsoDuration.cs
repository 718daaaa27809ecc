using System.Xml;

namespace Orchestrator.ApiHost.Requests;

/// <summary>Durations in requests are ISO 8601, such as <c>PT30S</c>. Years and months are refused: nobody knows how long they are.</summary>
internal static class IsoDuration
{
    public static bool TryRead(string? text, out TimeSpan duration)
    {
        duration = default;
        if (text is not { Length: >= 3 and <= 40 } || text[0] != 'P' || HasMonths(text))
        {
            return false;
        }

        try
        {
            duration = XmlConvert.ToTimeSpan(text);
            return duration >= TimeSpan.Zero;
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            return false;
        }
    }

    private static bool HasMonths(string text)
    {
        var date = text.Split('T')[0];
        return date.Contains('Y', StringComparison.Ordinal) || date.Contains('M', StringComparison.Ordinal);
    }
}
