using System.Text;

namespace Orchestrator.ApiHost.Requests;

/// <summary>JSON Pointers (RFC 6901).</summary>
internal static class JsonPointer
{
    public static string Of(string member) => "/" + member.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    /// <summary>From the path the platform's reader reports, such as <c>$.steps[0]['a b']</c>.</summary>
    public static string FromPath(string? path)
    {
        if (path is null)
        {
            return "";
        }

        var pointer = new StringBuilder();
        for (var i = 1; i < path.Length;)
        {
            if (path[i] == '.')
            {
                var end = path.AsSpan(i + 1).IndexOfAny('.', '[');
                end = end < 0 ? path.Length : i + 1 + end;
                pointer.Append(Of(path[(i + 1)..end]));
                i = end;
            }
            else
            {
                var quoted = i + 1 < path.Length && path[i + 1] == '\'';
                var start = i + (quoted ? 2 : 1);
                var close = path.IndexOf(quoted ? "']" : "]", start, StringComparison.Ordinal);
                if (close < 0)
                {
                    return pointer.ToString();
                }

                pointer.Append(Of(path[start..close]));
                i = close + (quoted ? 2 : 1);
            }
        }

        return pointer.ToString();
    }
}
