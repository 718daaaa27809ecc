using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Journals;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Blobs;
using Orchestrator.Vocabulary.Payloads;

namespace Orchestrator.Grains.Blobs;

/// <summary>Puts what is too large for a journal aside, and opens links for whoever is called: on the side that makes calls, never in a decision.</summary>
/// <remarks>Both are safe to do again. A store that is away is thrown.</remarks>
internal sealed class LargePayloads(IBlobGrain blobs, IProcessEpoch epoch, TimeProvider clock, BlobOptions options)
{
    private const string Json = "application/json";

    /// <summary>Whether a payload is larger than may stand in an event.</summary>
    public bool IsLarge(Payload payload) => payload.Length > options.InlineBytesMax;

    /// <summary>Makes a large payload a blob, and gives the link that stands for it; refused with <c>blob.too_large</c>.</summary>
    /// <param name="whose">Names who has it: an attempt. Who puts it again puts it under another name, so that two tries never mix their parts.</param>
    public async Task<(Payload Link, Refusal? Refusal)> PutAsideAsync(string whose, Payload payload, CancellationToken cancellationToken)
    {
        var name = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{whose}\n{epoch.Current}\n{clock.GetUtcNow().UtcTicks}\n{clock.GetTimestamp()}")));
        using var content = new MemoryStream(payload.Utf8.ToArray(), writable: false);
        var put = await blobs.PutAsync(Convert.ToHexStringLower(name), content, Json, cancellationToken, content.Length);
        return (put.Link is { } link ? link.ToPayload() : default, put.Refusal);
    }

    /// <summary>The payload with contents in the places of links: JSON as it is, other text as a text. What is neither, or is not what its type says, stays a link.</summary>
    /// <remarks>What is opened is not looked through again. Refused with <c>blob.too_large</c> when it is more than <see cref="BlobOptions.OpenBytesMax"/> together.</remarks>
    public async Task<(Payload Opened, Refusal? Refusal)> OpenAsync(Payload payload, CancellationToken cancellationToken)
    {
        var opened = ImmutableArray.CreateBuilder<(FoundLink, Payload)>();
        var bytes = 0L;
        foreach (var found in BlobLink.In(payload))
        {
            if (found.Link is not { } link || await blobs.FindAsync(link.Digest, cancellationToken) is not { } blob)
            {
                return (default, new Refusal(RefusalCodes.BlobUnknown, $"The input links at '{found.Place}' to {found.Text}: expected a blob that is kept, found none."));
            }

            if (MediaType.Of(link.ContentType ?? blob.ContentType) is not { } type)
            {
                continue;
            }

            if ((bytes += blob.Bytes) > options.OpenBytesMax)
            {
                return (default, new Refusal(RefusalCodes.BlobTooLarge, string.Create(
                    CultureInfo.InvariantCulture,
                    $"The input links at '{found.Place}' to {blob.Bytes:N0} bytes of {type.Name}: at most {options.OpenBytesMax:N0} bytes are opened for one call (Blobs:OpenBytesMax), found {bytes:N0}. Link to it as application/octet-stream, and the agent gets the link.")));
            }

            if (Read(await AllAsync(blob, cancellationToken), type) is { } content)
            {
                opened.Add((found, content));
            }
        }

        return (opened.Count == 0 ? payload : BlobLink.Replace(payload, opened.DrainToImmutable()), null);
    }

    private async Task<byte[]> AllAsync(BlobSummary blob, CancellationToken cancellationToken)
    {
        var content = new byte[blob.Bytes];
        var at = 0;
        await foreach (var part in blobs.ReadAsync(blob, cancellationToken))
        {
            part.CopyTo(content.AsMemory(at));
            at += part.Length;
        }

        return content;
    }

    private static Payload? Read(byte[] content, MediaType type)
    {
        if (type.IsJson)
        {
            return Payload.TryParse(content, out var json, out _) ? json : null;
        }

        try
        {
            return Payload.From(new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(content));
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>A content type as far as it says how to open a content.</summary>
    private sealed record MediaType(string Name, bool IsJson)
    {
        /// <summary>Null for what is not opened: neither JSON nor text, or text in another code than UTF-8.</summary>
        public static MediaType? Of(string contentType)
        {
            var parts = contentType.Split(';', StringSplitOptions.TrimEntries);
            var name = parts[0].ToLowerInvariant();
            var isJson = name == Json || name.EndsWith("+json", StringComparison.Ordinal);
            var isUtf8 = parts.Skip(1).All(part => !part.StartsWith("charset=", StringComparison.OrdinalIgnoreCase)
                || part["charset=".Length..].Trim('"').ToLowerInvariant() is "utf-8" or "us-ascii");
            return isUtf8 && (isJson || name.StartsWith("text/", StringComparison.Ordinal)) ? new(name, isJson) : null;
        }
    }
}
