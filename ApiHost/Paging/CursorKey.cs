using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Orchestrator.Hosting.Configuration;

namespace Orchestrator.ApiHost.Paging;

/// <summary>The secret that signs cursors: given, kept in a file, or as old as the process.</summary>
internal sealed class CursorKey
{
    public const int LengthMin = 32;

    public CursorKey(IOptions<ApiOptions> options)
    {
        var api = options.Value;
        Bytes = api.CursorKey is { } text ? Read(text)!
            : api.CursorKeyFile is { } path ? FromFile(path)
            : RandomNumberGenerator.GetBytes(LengthMin);
    }

    public byte[] Bytes { get; }

    /// <returns>The secret; null where the text is not Base64 of enough bytes.</returns>
    public static byte[]? Read(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) && length >= LengthMin ? bytes[..length] : null;
    }

    private static byte[] FromFile(string path)
    {
        var bytes = KeyFile.ReadOrCreate(path, RandomNumberGenerator.GetBytes(LengthMin));
        return bytes.Length >= LengthMin
            ? bytes
            : throw new InvalidOperationException($"The cursor key in '{path}' has at least {LengthMin} bytes, found {bytes.Length}. Delete the file to get a new one.");
    }
}
