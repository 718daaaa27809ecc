using Orchestrator.ApiHost.Requests;
using Orchestrator.ApiHost.Safety;

namespace Orchestrator.ApiHost.Documents;

/// <summary>A body that works, for the document.</summary>
internal sealed record RequestExample(string Json);

/// <summary>The codes an endpoint may answer with, beside those that any endpoint may.</summary>
internal sealed record ProblemCodes(IReadOnlyList<string> Codes);

/// <summary>A header an endpoint understands.</summary>
internal sealed record RequestHeader(string Name, string Description);

/// <summary>What an endpoint promises beyond its types; the OpenAPI document tells it.</summary>
internal static class EndpointContract
{
    public static TBuilder Example<TBuilder>(this TBuilder builder, string json)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new RequestExample(json));

    public static TBuilder Fails<TBuilder>(this TBuilder builder, params string[] codes)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new ProblemCodes(codes));

    /// <summary>The endpoint takes an idempotency key, and refuses one that cannot be used also where it does not need it.</summary>
    public static TBuilder Idempotent<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder
        .AddEndpointFilter(async (context, next) => IdempotencyKey.TryRead(context.HttpContext.Request, out _, out var refused) ? await next(context) : refused)
        .Fails("idempotency.key_invalid")
        .WithMetadata(new RequestHeader(
            "Idempotency-Key",
            "One string of 1 to 255 printable ASCII characters. The same key with the same content is the same request; kept for at least "
                + "24 hours."));

    /// <summary>The endpoint starts work, which one caller may do only so often.</summary>
    public static TBuilder StartsWork<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.Fails("request.too_often").WithMetadata(new StartsWork());

    /// <summary>The endpoint may be asked to wait.</summary>
    public static TBuilder Prefers<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder
        .WithMetadata(new RequestHeader("Prefer", "`wait=n` waits up to n (30) seconds for the workflow to end; `respond-async` does not "
            + "wait. RFC 7240."));

    /// <summary>The endpoint replaces or removes something that others may have changed.</summary>
    public static TBuilder Conditional<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder
        .WithMetadata(new RequestHeader("If-Match", "The ETag of the version to replace, or `*` for whichever there is."))
        .WithMetadata(new RequestHeader("If-None-Match", "`*`: only when there is none yet."));
}
