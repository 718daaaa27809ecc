using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using Orchestrator.ApiHost.Contract;

namespace Orchestrator.ApiHost.Paging;

/// <summary>The page of a list that a caller asks for, and its answer.</summary>
internal readonly record struct PageQuery(
    HttpContext Http, Cursor Cursors, [FromQuery(Name = "limit")] string? Limit, [FromQuery(Name = "cursor")] string? Cursor)
{
    /// <summary>Answers from a list that is read a page at a time.</summary>
    /// <param name="list">The list's name and everything that selects its rows: a cursor of it is good for no other.</param>
    /// <param name="noun">What the list holds, for people.</param>
    /// <param name="read">What lies behind a position, or begins the list, and how many of it.</param>
    /// <param name="show">As it is shown; null where it has gone meanwhile.</param>
    public async Task<IResult> AnswerAsync<T, TResponse>(
        string list, string noun, Func<string?, int, Task<ImmutableArray<T>>> read, Func<T, string> positionOf, Func<T, TResponse?> show)
        where TResponse : class
    {
        if (!PageRequest.TryRead(Cursors, list, noun, Limit, Cursor, out var page, out var problem))
        {
            return problem;
        }

        // One more than the page holds tells whether there is another.
        var found = await read(page.After, page.Size + 1);
        var next = found.Length > page.Size ? Cursors.Write(list, positionOf(found[page.Size - 1])) : null;
        Http.LinkNext(next);
        return Results.Json(new Page<TResponse>([.. found.Take(page.Size).Select(show).OfType<TResponse>()], next), ApiJson.Responses);
    }

    /// <summary>Answers from a list that is in memory as a whole, by name.</summary>
    public Task<IResult> AnswerAsync<T, TResponse>(string list, Func<Task<ImmutableArray<T>>> readAll, Func<T, string> nameOf, Func<T, TResponse?> show)
        where TResponse : class => AnswerAsync(
            list,
            list,
            async (after, count) => [.. (await readAll()).Where(one => string.CompareOrdinal(nameOf(one), after) > 0).OrderBy(nameOf, StringComparer.Ordinal).Take(count)],
            nameOf,
            show);
}
