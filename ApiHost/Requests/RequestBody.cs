using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Problems;
using Orchestrator.Vocabulary.Payloads;

namespace Orchestrator.ApiHost.Requests;

/// <summary>What came, or why it could not be read.</summary>
/// <param name="Utf8">The bytes as they came.</param>
/// <param name="Root">The same as an element; undefined when there was no body.</param>
internal readonly record struct Body<T>(T? Value, ReadOnlyMemory<byte> Utf8, JsonElement Root, ApiProblem? Problem)
    where T : class
{
    public string Fingerprint(string route) => CanonicalJson.Fingerprint(route, Root.ValueKind == JsonValueKind.Undefined ? null : Root);
}

/// <summary>Reads bodies: bounded, strict, and with a place for everything that is wrong.</summary>
internal sealed class RequestBody(IOptions<ApiOptions> options)
{
    public static bool IsJson(HttpRequest request) => MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase))
        && IsUtf8(type);

    public static bool IsYaml(HttpRequest request) => MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && type.MediaType.Value is { } name
        && name.ToLowerInvariant() is "application/yaml" or "application/x-yaml" or "text/yaml" or "text/x-yaml"
        && IsUtf8(type);

    /// <summary>The bytes of the body; with a problem when it is too large or coded.</summary>
    public async ValueTask<(ReadOnlyMemory<byte> Utf8, ApiProblem? Problem)> BytesAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var max = options.Value.BodyBytesMax;
        if (request.Headers.ContentEncoding.Count > 0)
        {
            return (default, ApiProblem.Of("request.media_type", "Bodies are taken without a content encoding."));
        }

        if (request.ContentLength > max)
        {
            return (default, TooLarge(max));
        }

        var buffer = new ArrayBufferWriter<byte>((int)Math.Max(256, request.ContentLength ?? 4096));
        while (true)
        {
            var read = await request.Body.ReadAsync(buffer.GetMemory(4096), cancellationToken);
            if (read == 0)
            {
                return (buffer.WrittenMemory, null);
            }

            buffer.Advance(read);
            if (buffer.WrittenCount > max)
            {
                return (default, TooLarge(max));
            }
        }
    }

    /// <summary>One JSON object that fits <typeparamref name="T"/>.</summary>
    /// <param name="optional">No body at all is taken too; then there is no value and no problem.</param>
    public async ValueTask<Body<T>> JsonAsync<T>(HttpRequest request, bool optional, CancellationToken cancellationToken)
        where T : class
    {
        var (utf8, problem) = await BytesAsync(request, cancellationToken);
        if (problem is not null)
        {
            return Refused<T>(problem);
        }

        if (optional && utf8.IsEmpty)
        {
            return default;
        }

        return IsJson(request)
            ? Parse<T>(utf8)
            : Refused<T>(NotJson(request));
    }

    /// <summary>One JSON object that fits <typeparamref name="T"/>, as what it stands for; or everything that is wrong with it.</summary>
    public async ValueTask<(TValue? Value, ApiProblem? Problem)> JsonAsync<T, TValue>(HttpRequest request, Func<T, RequestCheck, TValue?> understand, CancellationToken cancellationToken)
        where T : class
        where TValue : class
    {
        var read = await JsonAsync<T>(request, optional: false, cancellationToken);
        if (read.Problem is not null)
        {
            return (null, read.Problem);
        }

        var check = new RequestCheck();
        var value = understand(read.Value!, check);
        return (value, check.Problem);
    }

    /// <summary>One JSON object that fits <typeparamref name="T"/>, from wherever it came.</summary>
    public Body<T> Json<T>(ReadOnlyMemory<byte> utf8)
        where T : class => utf8.Length > options.Value.BodyBytesMax ? Refused<T>(TooLarge(options.Value.BodyBytesMax)) : Parse<T>(utf8);

    /// <summary>Any one JSON value; none at all is null.</summary>
    public async ValueTask<(Payload Value, ApiProblem? Problem)> PayloadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var (utf8, problem) = await BytesAsync(request, cancellationToken);
        if (problem is not null || utf8.IsEmpty)
        {
            return (Payload.Null, problem);
        }

        if (!IsJson(request))
        {
            return (Payload.Null, NotJson(request));
        }

        if (!JsonText.TryParse(utf8, out var document, out var error))
        {
            return (Payload.Null, Malformed(error!));
        }

        using (document)
        {
            return (Payload.FromElement(document!.RootElement), null);
        }
    }

    /// <summary>Any one JSON value, to be disposed of.</summary>
    public async ValueTask<(JsonDocument? Document, ApiProblem? Problem)> DocumentAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var (utf8, problem) = await BytesAsync(request, cancellationToken);
        if (problem is not null)
        {
            return (null, problem);
        }

        return !IsJson(request) ? (null, NotJson(request))
            : JsonText.TryParse(utf8, out var document, out var error) ? (document, null)
            : (null, Malformed(error!));
    }

    private static Body<T> Parse<T>(ReadOnlyMemory<byte> utf8)
        where T : class
    {
        if (!JsonText.TryParse(utf8, out var document, out var error))
        {
            return Refused<T>(Malformed(error!));
        }

        using (document)
        {
            if (document!.RootElement.ValueKind != JsonValueKind.Object)
            {
                return Refused<T>(Malformed(new($"Expected an object, found {Describe(document.RootElement.ValueKind)}.", Pointer: "")));
            }

            try
            {
                return new(JsonSerializer.Deserialize<T>(utf8.Span, ApiJson.Requests), utf8, document.RootElement.Clone(), null);
            }
            catch (JsonException exception)
            {
                return Refused<T>(Unfit<T>(document.RootElement, exception));
            }
        }
    }

    private static ApiProblem Unfit<T>(JsonElement root, JsonException exception)
        where T : class
    {
        var place = new ProblemError("", Pointer: JsonPointer.FromPath(exception.Path), Line: (int?)exception.LineNumber + 1, Column: (int?)exception.BytePositionInLine + 1);
        var errors = Misfits.Of<T>(root);
        return errors.Count > 0
            ? Malformed(errors[0]) with { Errors = [.. errors.Select(error => error.Pointer == place.Pointer ? error with { Line = place.Line, Column = place.Column } : error)] }
            : Malformed(place with { Detail = $"The value at '{RequestCheck.Shown(place.Pointer!)}' does not fit what this request takes." });
    }

    private static bool IsUtf8(MediaTypeHeaderValue type) => !type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase);

    private static string Describe(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "a truth value",
    };

    private static Body<T> Refused<T>(ApiProblem problem)
        where T : class => new(null, default, default, problem);

    private static ApiProblem Malformed(ProblemError error) => ApiProblem.Of("request.malformed", error.Detail) with { Errors = [error] };

    private static ApiProblem NotJson(HttpRequest request) =>
        ApiProblem.Of("request.media_type", $"Expected application/json, found '{RequestCheck.Shown(request.ContentType ?? "no content type")}'.");

    private static ApiProblem TooLarge(int max) => ApiProblem.Of("request.too_large", FormattableString.Invariant($"A body has at most {max:N0} bytes."));
}
