using System.Net;
using System.Text;

namespace Orchestrator.ApiHost.Problems;

/// <summary>A real page behind every problem's <c>type</c>.</summary>
internal static class ErrorPages
{
    public static void MapErrorPages(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/errors", () => Page("Problems", Index())).ExcludeFromDescription();
        routes.MapGet("/errors/{slug}", (string slug) => ProblemCatalog.FindSlug(slug) is { } kind
            ? Page(kind.Title, Entry(kind))
            : ApiProblem.Of("error.not_found", $"Expected the slug of a problem, found '{slug}'.")).ExcludeFromDescription();
    }

    private static string Index()
    {
        var rows = new StringBuilder("<table><thead><tr><th>Code<th>Status<th>Meaning</thead><tbody>");
        foreach (var kind in ProblemCatalog.All)
        {
            rows.Append($"<tr><td><a href=\"{kind.Type}\"><code>{kind.Code}</code></a><td>{kind.Status}<td>{Text(kind.Title)}");
        }

        return rows.Append("</tbody></table>").ToString();
    }

    private static string Entry(ProblemKind kind) =>
        $"<p><code>{kind.Code}</code> · HTTP {kind.Status} · {(kind.Retryable ? "the same request may succeed later" : "the same request will fail again")}</p>"
        + $"<p>{Text(kind.Meaning)}</p><p><a href=\"/errors\">All problems</a></p>";

    private static string Text(string markdown) => WebUtility.HtmlEncode(markdown).Replace("`", "", StringComparison.Ordinal);

    private static IResult Page(string title, string body) => Results.Content(
        $"<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">"
        + $"<title>{Text(title)}</title></head><body><main><h1>{Text(title)}</h1>{body}</main></body></html>",
        "text/html; charset=utf-8");
}
