using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Orchestrator.ApiHost.Paging;

/// <summary>Places in lists, as texts that mean nothing to whoever carries them and cannot be made or changed by them.</summary>
/// <remarks>
/// A cursor holds the position after which the next page begins, and is signed (HMAC-SHA-256, cut to 16 bytes) together with the list's name and
/// filters. A list by position needs no memory between pages: rows that come meanwhile never shift those that were there.
/// </remarks>
internal sealed class Cursor(CursorKey key)
{
    private const int SignatureLength = 16;
    private const int TextLengthMax = 2_048;

    /// <param name="list">The list's name and everything that selects its rows.</param>
    public string Write(string list, string position)
    {
        var bytes = Encoding.UTF8.GetBytes(position);
        return Base64Url.EncodeToString([.. Sign(list, bytes), .. bytes]);
    }

    public bool TryRead(string list, string text, out string position)
    {
        position = "";
        if (text.Length > TextLengthMax || !Base64Url.IsValid(text))
        {
            return false;
        }

        var bytes = Base64Url.DecodeFromChars(text);
        if (bytes.Length < SignatureLength || !CryptographicOperations.FixedTimeEquals(bytes.AsSpan(0, SignatureLength), Sign(list, bytes.AsSpan(SignatureLength))))
        {
            return false;
        }

        position = Encoding.UTF8.GetString(bytes.AsSpan(SignatureLength));
        return true;
    }

    private byte[] Sign(string list, ReadOnlySpan<byte> position)
    {
        byte[] message = [.. SHA256.HashData(Encoding.UTF8.GetBytes(list)), .. position];
        return HMACSHA256.HashData(key.Bytes, message)[..SignatureLength];
    }
}
