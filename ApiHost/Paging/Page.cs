namespace Orchestrator.ApiHost.Paging;

/// <summary>Part of a list.</summary>
/// <param name="NextCursor">Where the next page begins; null on the last one.</param>
/// <param name="Total">How many there are in all, where it was asked for.</param>
internal sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor, long? Total = null);

internal static class PageLinks
{
    /// <summary>Announces the next page in a header too (RFC 8288), with everything the request asked for.</summary>
    public static void LinkNext(this HttpContext http, string? nextCursor)
    {
        if (nextCursor is null)
        {
            return;
        }

        var query = QueryString.Create(http.Request.Query.Where(pair => pair.Key != "cursor")
            .SelectMany(pair => pair.Value, (pair, value) => KeyValuePair.Create(pair.Key, value))
            .Append(KeyValuePair.Create<string, string?>("cursor", nextCursor)));
        http.Response.Headers.Link = $"<{http.Request.PathBase}{http.Request.Path.ToUriComponent()}{query}>; rel=\"next\"";
    }
}
