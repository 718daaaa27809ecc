using Microsoft.Extensions.Options;

namespace Orchestrator.Hosting.Operators;

/// <summary>Refuses keys that somebody could guess, hashes that no key has, and names that two keys share.</summary>
internal sealed class OperatorKeysAreUsable : IValidateOptions<OperatorOptions>
{
    private const int HashDigits = 64;

    public ValidateOptionsResult Validate(string? name, OperatorOptions options)
    {
        var problems = Problems(options).ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> Problems(OperatorOptions options)
    {
        foreach (var (holder, key) in options.Keys)
        {
            if (key.Length < OperatorOptions.KeyLengthMin)
            {
                yield return $"{OperatorOptions.Section}:{nameof(options.Keys)}:{holder}: expected a key of at least {OperatorOptions.KeyLengthMin} characters, found {key.Length}";
            }

            if (options.KeyHashes.ContainsKey(holder))
            {
                yield return $"{OperatorOptions.Section}:{nameof(options.KeyHashes)}:{holder}: expected one key for one name, found another under {nameof(options.Keys)}";
            }
        }

        foreach (var (holder, hash) in options.KeyHashes)
        {
            if (hash.Length != HashDigits || !hash.All(char.IsAsciiHexDigit))
            {
                yield return $"{OperatorOptions.Section}:{nameof(options.KeyHashes)}:{holder}: expected a SHA-256 in {HashDigits} hexadecimal digits, found {hash.Length} characters";
            }
        }

        foreach (var (holder, role) in options.Roles)
        {
            if (!options.Keys.ContainsKey(holder) && !options.KeyHashes.ContainsKey(holder))
            {
                yield return $"{OperatorOptions.Section}:{nameof(options.Roles)}:{holder}: expected the name of a key, found none of that name";
            }

            if (role == OperatorRole.None || !Enum.IsDefined(role))
            {
                yield return $"{OperatorOptions.Section}:{nameof(options.Roles)}:{holder}: expected Viewer, Operator or Admin, found {role}";
            }
        }
    }
}
