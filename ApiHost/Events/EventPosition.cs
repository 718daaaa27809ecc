using System.Buffers.Binary;
using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Orchestrator.Vocabulary.Topics;

namespace Orchestrator.ApiHost.Events;

/// <summary>Where a reader of several topics stands in each of them, as one short text: the <c>id:</c> of a stream's events.</summary>
/// <remarks>
/// A version, four bytes that tell which topics it is of, and one number for each in the order of their names (LEB128), in base64url: at most 9 bytes
/// a topic and most often two or three. It is no secret and not signed: whoever changes one reads from another place, which is theirs to choose.
/// </remarks>
internal sealed class EventPosition
{
    public const int TextLengthMax = 1_024;
    private const byte Version = 1;
    private const int HeadLength = 5;

    private readonly byte[] bytes;

    /// <param name="topics">In the order of their names.</param>
    public EventPosition(ImmutableArray<TopicName> topics)
    {
        bytes = new byte[HeadLength + (topics.Length * 9)];
        bytes[0] = Version;
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', topics))).AsSpan(0, 4).CopyTo(bytes.AsSpan(1));
    }

    /// <summary>The text for these numbers, one for each topic.</summary>
    public string Write(ReadOnlySpan<long> numbers)
    {
        var length = HeadLength;
        foreach (var number in numbers)
        {
            var left = (ulong)number;
            for (; left >= 0x80; left >>= 7)
            {
                bytes[length++] = (byte)(left | 0x80);
            }

            bytes[length++] = (byte)left;
        }

        return Base64Url.EncodeToString(bytes.AsSpan(0, length));
    }

    /// <summary>Reads what <see cref="Write"/> has written for the same topics; false for everything else.</summary>
    public bool TryRead(string text, Span<long> numbers)
    {
        if (text.Length > TextLengthMax || !Base64Url.IsValid(text))
        {
            return false;
        }

        var given = Base64Url.DecodeFromChars(text).AsSpan();
        if (given.Length < HeadLength || given[0] != Version
            || BinaryPrimitives.ReadUInt32LittleEndian(given[1..]) != BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(1)))
        {
            return false;
        }

        given = given[HeadLength..];
        for (var i = 0; i < numbers.Length; i++)
        {
            if (!TryTake(ref given, out numbers[i]))
            {
                return false;
            }
        }

        return given.IsEmpty;
    }

    private static bool TryTake(ref Span<byte> given, out long number)
    {
        number = 0;
        for (var i = 0; i < 9 && i < given.Length; i++)
        {
            number |= (long)(given[i] & 0x7F) << (7 * i);
            if (given[i] < 0x80)
            {
                given = given[(i + 1)..];
                return true;
            }
        }

        return false;
    }
}
