using System.Globalization;
using Microsoft.Net.Http.Headers;

namespace Orchestrator.ApiHost.Requests;

/// <summary>Strong entity tags made of versions (RFC 9110 §8.8.3).</summary>
internal static class EntityTag
{
    public static string Of(long version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    public static string Of(string version) => $"\"{version}\"";

    /// <summary>The reader has this version already.</summary>
    public static bool NoneMatch(HttpRequest request, string tag) =>
        EntityTagHeaderValue.TryParseList(request.Headers.IfNoneMatch, out var tags)
        && tags.Any(one => one.Equals(EntityTagHeaderValue.Any) || one.Tag.Equals(tag, StringComparison.Ordinal));

    /// <summary>The writer asks that there be none yet.</summary>
    public static bool WantsNone(HttpRequest request) => request.Headers.IfNoneMatch.ToString().Trim() == "*";

    /// <summary>The version the writer has seen, without its quotes; <c>*</c> for whichever there is; null when the writer did not say.</summary>
    public static string? Expected(HttpRequest request) => request.Headers.IfMatch.ToString().Trim() is { Length: > 0 } text ? text.Trim('"') : null;

    /// <summary>Puts the tag on the answer, and tells whether the answer needs no body.</summary>
    public static bool Settle(HttpContext http, string tag)
    {
        http.Response.Headers.ETag = tag;
        http.Response.Headers.CacheControl = "no-cache";
        return NoneMatch(http.Request, tag);
    }
}
