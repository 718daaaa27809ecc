using Orchestrator.ApiHost.Contract;

namespace Orchestrator.ApiHost.Paging;

/// <summary>A page of a list that is in memory as a whole, by name.</summary>
internal static class NamedPage
{
    /// <param name="list">As its cursors are signed with, and as <paramref name="page"/> was read with.</param>
    public static IResult Of<T, TResponse>(
        HttpContext http, Cursor cursors, string list, PageRequest page, IEnumerable<T> all, Func<T, string> nameOf, Func<T, TResponse> show)
    {
        var found = all
            .OrderBy(nameOf, StringComparer.Ordinal)
            .SkipWhile(one => string.CompareOrdinal(nameOf(one), page.After) <= 0)
            .Take(page.Size + 1)
            .ToArray();
        var next = found.Length > page.Size ? cursors.Write(list, nameOf(found[page.Size - 1])) : null;
        http.LinkNext(next);
        return Results.Json(new Page<TResponse>([.. found.Take(page.Size).Select(show)], next), ApiJson.Responses);
    }
}
