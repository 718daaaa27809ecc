using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Observing;
using Orchestrator.Vocabulary;

namespace Orchestrator.ApiHost.Problems;

/// <summary>A no on its way out: what handlers return instead of throwing.</summary>
internal sealed record ApiProblem(ProblemKind Kind, string Detail) : IResult
{
    /// <summary>What a client is told to wait where the refusal does not say: long enough for a disk to come back, short enough not to notice.</summary>
    private static readonly TimeSpan RetryAfterDefault = TimeSpan.FromSeconds(2);

    /// <summary>No client waits longer than this without being told so by a person.</summary>
    private static readonly TimeSpan RetryAfterMax = TimeSpan.FromSeconds(120);

    public ImmutableArray<ProblemError> Errors { get; init; } = [];

    public TimeSpan? RetryAfter { get; init; }

    public static ApiProblem Of(string code, string detail) => new(ProblemCatalog.Find(code), detail);

    /// <summary>A refusal of a grain. A code without a row is answered as a conflict, under its own name: the refusal is right even when the table is late.</summary>
    public static ApiProblem From(Refusal refusal) =>
        new(ProblemCatalog.TryFind(refusal.Code, out var kind) ? kind! : Unlisted(refusal.Code), refusal.Message) { RetryAfter = refusal.RetryAfter };

    public async Task ExecuteAsync(HttpContext http)
    {
        if (http.Response.HasStarted)
        {
            // A stream that has begun cannot turn into a problem; the reader sees it end and comes back.
            http.Abort();
            return;
        }

        var wait = Kind.Retryable ? Clamp(RetryAfter ?? RetryAfterDefault) : (TimeSpan?)null;
        var body = new ProblemResponse(
            Kind.Type,
            Kind.Title,
            Kind.Status,
            Detail,
            "request:" + http.TraceIdentifier,
            Kind.Code,
            TraceContext.TraceIdOf(http),
            Kind.Retryable,
            wait is { } time ? (long)time.TotalMilliseconds : null,
            Errors.IsEmpty ? null : Errors,
            http.GetEndpoint()?.Metadata.GetMetadata<CarriesStatusCode>() is null ? null : Kind.Status);

        var response = http.Response;
        response.StatusCode = Kind.Status;
        response.Headers.CacheControl = "no-store";
        if (wait is { } delay)
        {
            response.Headers.RetryAfter = ((long)Math.Ceiling(delay.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        if (HttpMethods.IsHead(http.Request.Method))
        {
            return;
        }

        response.ContentType = "application/problem+json";
        await JsonSerializer.SerializeAsync(response.Body, body, ApiJson.Responses, http.RequestAborted);
    }

    private static TimeSpan Clamp(TimeSpan wait) =>
        wait < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : wait > RetryAfterMax ? RetryAfterMax : wait;

    private static ProblemKind Unlisted(string code) =>
        new(code, StatusCodes.Status409Conflict, "The request was refused", false, "`detail` says why.");
}
