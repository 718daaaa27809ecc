using System.Collections.Frozen;
using Microsoft.Net.Http.Headers;

namespace Orchestrator.ApiHost.Blobs;

/// <summary>Under which types contents are served that somebody else has put: none that a browser runs, whatever it was told at the put.</summary>
internal static class BlobTypes
{
    public const string Any = "application/octet-stream";

    private static readonly FrozenSet<string> Harmless = FrozenSet.ToFrozenSet(
        ["application/json", "application/pdf", "application/zip", "text/plain", "text/csv", "text/markdown", "image/png", "image/jpeg", "image/gif", "image/webp"],
        StringComparer.OrdinalIgnoreCase);

    public static string Served(string stored) =>
        MediaTypeHeaderValue.TryParse(stored, out var type) && (Harmless.Contains(type.MediaType.Value!)
            || type.Type.Equals("audio", StringComparison.OrdinalIgnoreCase)
            || type.Type.Equals("video", StringComparison.OrdinalIgnoreCase))
            ? type.MediaType.Value!
            : Any;
}
