using System.Text.Json.Serialization;

namespace Orchestrator.ApiHost.Problems;

/// <summary>Problem details (RFC 9457): the body of every answer from 400 up.</summary>
/// <param name="Type">A reference to the page that explains this kind of problem.</param>
/// <param name="Title">The kind in a few words.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What happened this time: the thing, what was expected, what was found.</param>
/// <param name="Instance">Names this one answer; the log has it too.</param>
/// <param name="Code">The kind as a stable code.</param>
/// <param name="TraceId">The trace the request belongs to.</param>
/// <param name="Retryable">The same request may succeed later without being changed.</param>
/// <param name="RetryAfterMs">How long to wait before that, in milliseconds.</param>
/// <param name="StatusCode">The HTTP status once more, where a route's first readers know it by this name.</param>
/// <param name="Errors">Everything that is wrong with the request, where there is more to say than one sentence.</param>
internal sealed record ProblemResponse(
    string Type,
    string Title,
    int Status,
    string Detail,
    string Instance,
    string Code,
    string TraceId,
    bool Retryable,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? RetryAfterMs = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ProblemError>? Errors = null,
    [property: JsonPropertyName("status_code"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? StatusCode = null);

/// <summary>One thing that is wrong.</summary>
/// <param name="Pointer">Where in the body (RFC 6901).</param>
/// <param name="Parameter">Which query parameter or header.</param>
/// <param name="Line">From 1, in the text that was sent.</param>
/// <param name="Column">From 1, in the text that was sent.</param>
/// <param name="Suggestion">What was probably meant.</param>
internal sealed record ProblemError(
    string Detail,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Code = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Pointer = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Parameter = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Line = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Column = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Suggestion = null);
