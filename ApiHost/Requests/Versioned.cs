using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Problems;
using Orchestrator.Vocabulary;

namespace Orchestrator.ApiHost.Requests;

/// <summary>What has a name and a version: put, removed and shown under the conditions of RFC 9110, 13.1.</summary>
/// <param name="Kind">What it is, such as <c>agent</c>.</param>
/// <param name="Version">Of the one that is there; null when there is none.</param>
internal readonly record struct Versioned(HttpContext Http, string Kind, string Name, string? Version)
{
    /// <param name="put">Puts it where the version is still this one, empty for none; null for whichever there is.</param>
    /// <param name="show">Answers with this status.</param>
    public async Task<IResult> PutAsync(Func<string?, Task<Refusal?>> put, Func<int, Task<IResult>> show)
    {
        if (Precondition.Of(Http.Request, Kind, Name, Version) is { } failed)
        {
            return failed;
        }

        // What was judged is what is replaced: a change in between is refused, also where the caller said "whichever".
        return await put(EntityTag.Expected(Http.Request) == "*" ? null : Version ?? "") is { } refusal
            ? ApiProblem.From(refusal)
            : await show(Version is null ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    /// <param name="remove">Removes it where the version is still this one; null for whichever there is.</param>
    public async Task<IResult> RemoveAsync(Func<string?, Task<Refusal?>> remove)
    {
        if (Precondition.Of(Http.Request, Kind, Name, Version) is { } failed)
        {
            return failed;
        }

        return await remove(EntityTag.Expected(Http.Request) == "*" ? null : Version) is { } refusal ? ApiProblem.From(refusal) : Results.NoContent();
    }

    /// <summary>Answers with it.</summary>
    /// <param name="live">The answer tells things that change without a new version, so that it is always given in full.</param>
    public IResult Show<T>(T response, int status, bool live = false)
    {
        if (status == StatusCodes.Status201Created)
        {
            Http.Response.Headers.Location = $"/api/v1/{Kind}s/{Name}";
        }

        return EntityTag.Settle(Http, EntityTag.Of(Version!)) && !live && HttpMethods.IsGet(Http.Request.Method)
            ? Results.StatusCode(StatusCodes.Status304NotModified)
            : Results.Json(response, ApiJson.Responses, statusCode: status);
    }
}
