using System.Buffers.Binary;

namespace Orchestrator.Execution.Ids;

/// <summary>UUIDs of version 7 (RFC 9562 §5.7): milliseconds since 1970, then chance. Keys that grow keep the store's pages together.</summary>
/// <param name="random">Asked from several threads at once in a host; a seeded one belongs on one thread.</param>
public sealed class UuidV7Source(TimeProvider clock, Random random) : IIdSource
{
    public string Next()
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        Span<byte> milliseconds = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(milliseconds, clock.GetUtcNow().ToUnixTimeMilliseconds());
        milliseconds[2..].CopyTo(bytes);
        bytes[6] = (byte)(0x70 | (bytes[6] & 0x0F));
        bytes[8] = (byte)(0x80 | (bytes[8] & 0x3F));
        return Convert.ToHexStringLower(bytes);
    }
}
