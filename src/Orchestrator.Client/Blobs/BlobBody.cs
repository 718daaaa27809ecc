using System.Net;
using System.Net.Http.Headers;

namespace Orchestrator.Client.Blobs;

/// <summary>A stream as a request's body, from where it stood, as often as the request is sent. The stream stays its owner's.</summary>
internal sealed class BlobBody : HttpContent
{
    private readonly Stream content;
    private readonly long start;

    /// <param name="start">Where the content begins; a stream that cannot seek is sent once.</param>
    public BlobBody(Stream content, long start, string contentType)
    {
        (this.content, this.start) = (content, start);
        Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (content.CanSeek)
        {
            content.Position = start;
        }

        return content.CopyToAsync(stream, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = content.CanSeek ? content.Length - start : 0;
        return content.CanSeek;
    }
}
