using System.Buffers;

namespace Orchestrator.Adapters.Agents.Http;

/// <summary>Reads a response's body, but no more of it than may be taken.</summary>
internal static class BoundedBody
{
    private const int ReadAtOnce = 16_384;

    /// <returns>The body; null when it is longer than <paramref name="bytesMax"/>, of which nothing more is read then.</returns>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpContent content, int bytesMax, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > bytesMax)
        {
            return null;
        }

        var body = new ArrayBufferWriter<byte>((int)(content.Headers.ContentLength ?? ReadAtOnce) + 1);
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        while (await stream.ReadAsync(body.GetMemory(ReadAtOnce), cancellationToken) is > 0 and var read)
        {
            body.Advance(read);
            if (body.WrittenCount > bytesMax)
            {
                return null;
            }
        }

        return body.WrittenMemory;
    }
}
