using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Orchestrator.Hosting.Operators;

/// <summary>Knows the operators by their keys.</summary>
public sealed class OperatorKeys
{
    /// <summary>A longer text is nobody's key, and is not hashed to find that out.</summary>
    private const int KeyBytesMax = 1024;

    private readonly ImmutableArray<(string Name, byte[] Hash)> known;
    private readonly FrozenDictionary<string, OperatorRole> roles;

    public OperatorKeys(IOptions<OperatorOptions> options)
    {
        known =
        [
            .. options.Value.Keys.Select(entry => (entry.Key, SHA256.HashData(Encoding.UTF8.GetBytes(entry.Value)))),
            .. options.Value.KeyHashes.Select(entry => (entry.Key, Convert.FromHexString(entry.Value))),
        ];
        roles = options.Value.Roles.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>Whether anybody has a key. Without one, what is for operators is not there at all.</summary>
    public bool Any => !known.IsEmpty;

    /// <summary>What the holder of this name's key may do.</summary>
    public OperatorRole RoleOf(string name) => roles.GetValueOrDefault(name, OperatorRole.Operator);

    /// <summary>The name of the operator who has this key; null when nobody does.</summary>
    /// <param name="name">The name the caller gave, which must be the key's; null when the key was given alone.</param>
    /// <remarks>Takes as long for a wrong key as for a right one, whichever operator it belongs to.</remarks>
    public string? Find(string key, string? name = null)
    {
        if (Encoding.UTF8.GetByteCount(key) > KeyBytesMax)
        {
            return null;
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(key), hash);
        string? found = null;
        foreach (var (holder, theirs) in known)
        {
            if (CryptographicOperations.FixedTimeEquals(hash, theirs))
            {
                found = holder;
            }
        }

        return found is not null && (name is null || name == found) ? found : null;
    }
}
