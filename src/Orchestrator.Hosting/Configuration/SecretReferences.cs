using System.Collections;

namespace Orchestrator.Hosting.Configuration;

/// <summary>A secret is never written into a settings file; the file says where it is: <c>env:NAME</c> or <c>file:PATH</c>.</summary>
internal static class SecretReferences
{
    public const string FromEnvironment = "env:";
    public const string FromFile = "file:";

    /// <summary>The longest secret a file may hold, in bytes.</summary>
    public const int FileBytesMax = 64 * 1024;

    /// <summary>Puts the secret in the place of its reference, in every property marked with <c>[DataType(DataType.Password)]</c>.</summary>
    /// <exception cref="ConfigurationRefusedException">A reference leads nowhere, or the secret itself was written down.</exception>
    public static void Resolve(object group, string path)
    {
        foreach (var property in OptionsKind.Settings(group.GetType()))
        {
            var key = path + ":" + property.Name;
            var value = property.GetValue(group);
            switch (value)
            {
                case string text when OptionsKind.IsSecret(property) && text.Length > 0:
                    property.SetValue(group, Read(text, key));
                    break;
                case IDictionary<string, string> words when OptionsKind.IsSecret(property):
                    foreach (var (name, text) in words.ToArray())
                    {
                        words[name] = Read(text, key + ":" + name);
                    }

                    break;
                case IDictionary dictionary:
                    foreach (DictionaryEntry entry in dictionary)
                    {
                        ResolveElement(entry.Value, key + ":" + entry.Key);
                    }

                    break;
                case not string and IEnumerable list:
                    var index = 0;
                    foreach (var element in list)
                    {
                        ResolveElement(element, key + ":" + index++);
                    }

                    break;
                default:
                    ResolveElement(value, key);
                    break;
            }
        }
    }

    private static void ResolveElement(object? element, string key)
    {
        if (element is not null && OptionsKind.IsGroup(element.GetType()))
        {
            Resolve(element, key);
        }
    }

    private static string Read(string reference, string key)
    {
        if (reference.StartsWith(FromEnvironment, StringComparison.Ordinal))
        {
            var name = reference[FromEnvironment.Length..];
            return Environment.GetEnvironmentVariable(name) is { Length: > 0 } value
                ? value
                : throw new ConfigurationRefusedException([$"{key}: the environment variable {name} is not set"]);
        }

        if (reference.StartsWith(FromFile, StringComparison.Ordinal))
        {
            var file = new FileInfo(reference[FromFile.Length..]);
            return file.Exists && file.Length <= FileBytesMax
                ? File.ReadAllText(file.FullName).TrimEnd('\r', '\n')
                : throw new ConfigurationRefusedException([$"{key}: expected a file of at most {FileBytesMax} bytes at {file.FullName}"]);
        }

        throw new ConfigurationRefusedException([$"{key}: a secret is given as {FromEnvironment}NAME or {FromFile}PATH, not written down"]);
    }
}
