using System.Diagnostics.CodeAnalysis;
using Orchestrator.ApiHost.Problems;
using Orchestrator.ApiHost.Requests;

namespace Orchestrator.ApiHost.Paging;

/// <summary>The page of a list that a caller asks for.</summary>
/// <param name="After">The position behind which it begins; null for the first page.</param>
internal readonly record struct PageRequest(int Size, string? After)
{
    /// <param name="list">The list's name and everything that selects its rows, as its cursors were signed with.</param>
    /// <param name="noun">What the list holds, for people.</param>
    public static bool TryRead(
        Cursor cursors, string list, string noun, string? limit, string? cursor, out PageRequest page, [NotNullWhen(false)] out IResult? problem)
    {
        var check = new RequestCheck();
        page = new PageRequest(check.Limit(limit), null);
        problem = check.Problem;
        if (problem is null && cursor is not null)
        {
            if (cursors.TryRead(list, cursor, out var after))
            {
                page = page with { After = after };
            }
            else
            {
                problem = ApiProblem.Of("cursor.invalid", $"The cursor was not made for this list of {noun}.");
            }
        }

        return problem is null;
    }
}
