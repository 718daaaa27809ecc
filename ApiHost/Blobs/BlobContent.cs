using Orchestrator.ApiHost.Requests;
using Orchestrator.Grains.Blobs;
using Orchestrator.Vocabulary.Blobs;

namespace Orchestrator.ApiHost.Blobs;

/// <summary>A blob on its way out, part by part.</summary>
internal sealed record BlobContent(BlobSummary Blob, IBlobGrain Blobs) : IResult
{
    public async Task ExecuteAsync(HttpContext http)
    {
        var response = http.Response;
        if (EntityTag.Settle(http, EntityTag.Of(Blob.Digest.Value)))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = BlobTypes.Served(Blob.ContentType);
        response.ContentLength = Blob.Bytes;
        response.Headers.ContentDisposition = "attachment";
        if (HttpMethods.IsHead(http.Request.Method))
        {
            return;
        }

        await foreach (var part in Blobs.ReadAsync(Blob, http.RequestAborted))
        {
            await response.Body.WriteAsync(part, http.RequestAborted);
        }
    }
}
