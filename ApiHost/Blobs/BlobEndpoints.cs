using System.Globalization;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Documents;
using Orchestrator.ApiHost.Problems;
using Orchestrator.ApiHost.Requests;
using Orchestrator.ApiHost.Workflows;
using Orchestrator.Grains;
using Orchestrator.Grains.Blobs;
using Orchestrator.Vocabulary.Blobs;

namespace Orchestrator.ApiHost.Blobs;

/// <summary>What is too large for a payload: put here, and spoken of by its link.</summary>
internal static class BlobEndpoints
{
    public const string BlobsPath = "/api/v1/blobs/";

    public static void MapBlobs(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/blobs", PutAsync)
            .WithName("putBlob")
            .WithSummary("Put a blob")
            .WithDescription("The body is the content, as it is, with its `Content-Type`. The answer is its link: a JSON object that stands for the content wherever a workflow takes JSON. "
                + "The same content is kept once; put again it is answered 200 with the same digest. A blob is kept while a workflow uses it, and at least a day after its last put "
                + "(`Storage:Retention:Blobs`).")
            .Accepts<Stream>("*/*")
            .Produces<BlobLinkResponse>(StatusCodes.Status201Created)
            .Produces<BlobLinkResponse>()
            .Fails("blob.too_large", "storage.full");

        routes.MapMethods("/blobs/{digest}", [HttpMethods.Get, HttpMethods.Head], ReadAsync)
            .WithName("getBlob")
            .WithSummary("Get a blob")
            .WithDescription("The content, as a file to save: no browser shows or runs it. Types that a browser could run are served as `application/octet-stream`; the link says what it is.")
            .Produces<Stream>(StatusCodes.Status200OK, "application/octet-stream")
            .Produces(StatusCodes.Status304NotModified)
            .Fails("blob.not_found");
    }

    private static async Task<IResult> PutAsync(HttpContext http, IGrainFactory grains, WorkflowIdSource ids, CancellationToken cancellationToken)
    {
        if (http.Request.Headers.ContentEncoding.Count > 0)
        {
            return ApiProblem.Of("request.media_type", "Bodies are taken without a content encoding.");
        }

        var type = http.Request.ContentType is { Length: > 0 } given ? given : BlobTypes.Any;
        if (type.Length > BlobLink.ContentTypeLengthMax || !MediaTypeHeaderValue.TryParse(type, out _))
        {
            var check = new RequestCheck();
            check.Parameter(HeaderNames.ContentType, string.Create(
                CultureInfo.InvariantCulture, $"A content type is type/subtype with at most {BlobLink.ContentTypeLengthMax} characters, found '{RequestCheck.Shown(type)}'."));
            return check.Problem!;
        }

        // What is written is bounded where it is written, and what is held here is one part.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        var put = await grains.Blobs().PutAsync(ids.Next().Value, http.Request.Body, type, cancellationToken, http.Request.ContentLength);
        if (put.Link is not { } link)
        {
            return ApiProblem.From(put.Refusal!);
        }

        http.Response.Headers.Location = BlobsPath + link.Digest.Value;
        return Results.Json(
            new BlobLinkResponse(link.Digest.Value, link.Bytes!.Value, link.ContentType!), ApiJson.Responses, statusCode: put.Known ? StatusCodes.Status200OK : StatusCodes.Status201Created);
    }

    private static async Task<IResult> ReadAsync(HttpContext http, string digest, IGrainFactory grains, CancellationToken cancellationToken)
    {
        if (!BlobDigest.TryParse(digest, out var name))
        {
            var check = new RequestCheck();
            check.Parameter("digest", $"A blob's digest is 'sha256:' and 64 hexadecimal digits in lower case, found '{RequestCheck.Shown(digest)}'.");
            return check.Problem!;
        }

        return await grains.Blobs().FindAsync(name, cancellationToken) is { } blob
            ? new BlobContent(blob, grains.Blobs())
            : ApiProblem.Of("blob.not_found", $"Nothing is kept under {name}.");
    }
}

/// <summary>A link, as it is put into a payload.</summary>
internal sealed record BlobLinkResponse([property: JsonPropertyName(BlobLink.Member)] string Blob, long Bytes, string ContentType);
