using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Orchestrator.Adapters.Agents.Callbacks;

/// <summary>The secrets that sign callbacks. While one is replaced there are two, and a receiver accepts either signature.</summary>
public sealed class CallbackKeys(ImmutableArray<byte[]> secrets)
{
    /// <summary>No secret is shorter.</summary>
    public const int LengthMin = 24;

    public bool None => secrets.IsEmpty;

    /// <summary>The header <c>webhook-signature</c> of Standard Webhooks 1.0: HMAC-SHA256 over id, time and body, one for each secret.</summary>
    public string Sign(string id, long unixSeconds, ReadOnlySpan<byte> body)
    {
        var head = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{unixSeconds}."));
        var content = new byte[head.Length + body.Length];
        head.CopyTo(content, 0);
        body.CopyTo(content.AsSpan(head.Length));
        return string.Join(' ', secrets.Select(secret => "v1," + Convert.ToBase64String(HMACSHA256.HashData(secret, content))));
    }
}
