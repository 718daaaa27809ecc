using System.Security.Cryptography;
using System.Text;
using Orchestrator.Hosting.Configuration;

namespace Orchestrator.SiloHosting.Storage;

/// <summary>A secret that all processes of an installation share: from the settings, or from a file that is made when it is missing.</summary>
/// <param name="what">What it is for, as the subject of a sentence.</param>
/// <param name="lengthMin">Bytes that it has at least.</param>
internal sealed class InstallationSecret(string what, int lengthMin)
{
    private const int FreshBytes = 32;

    /// <param name="text">From the settings, in Base64; null where they name none.</param>
    /// <param name="file">Where one is kept that nobody has configured; null where there is no such place.</param>
    /// <returns>Null where there is neither.</returns>
    public byte[]? Find(string? text, string? file, string setting) =>
        text is not null ? Read(text, setting)
        : file is null ? null
        : Read(FromFile(file), file);

    /// <exception cref="InvalidOperationException">It is no Base64, or too short.</exception>
    public byte[] Read(string text, string where)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) && length >= lengthMin
            ? bytes[..length]
            : throw new InvalidOperationException($"{what} ({where}) is Base64 of at least {lengthMin} bytes; what was found is not.");
    }

    private static string FromFile(string path) =>
        Encoding.ASCII.GetString(KeyFile.ReadOrCreate(path, Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(FreshBytes))))).Trim();
}
