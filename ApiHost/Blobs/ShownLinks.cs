using System.Buffers;
using System.Text.Json;
using Orchestrator.Vocabulary.Blobs;
using Orchestrator.Vocabulary.Payloads;

namespace Orchestrator.ApiHost.Blobs;

/// <summary>Links as readers get them: with the address of their content.</summary>
internal static class ShownLinks
{
    public static Payload Of(Payload payload)
    {
        var found = BlobLink.In(payload);
        return found.IsEmpty ? payload : BlobLink.Replace(payload, [.. found.Where(one => one.Link is not null).Select(one => (one, WithAddress(one.Link!)))]);
    }

    private static Payload WithAddress(BlobLink link)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            link.Write(writer, BlobEndpoints.BlobsPath + link.Digest.Value);
        }

        return Payload.FromTrustedUtf8(buffer.WrittenMemory);
    }
}
