using System.Collections;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Json;

namespace Orchestrator.Hosting.Configuration;

/// <summary>What every setting is, and who said so.</summary>
public static class EffectiveConfiguration
{
    public const string Hidden = "***";

    /// <summary>One row per setting, by key. Secrets are <see cref="Hidden"/>, wherever they came from.</summary>
    public static IReadOnlyList<EffectiveSetting> List(IConfigurationRoot configuration, IEnumerable<OptionsKind> kinds)
    {
        var rows = new SortedDictionary<string, EffectiveSetting>(StringComparer.OrdinalIgnoreCase);
        foreach (var kind in kinds)
        {
            AddDefaults(rows, Activator.CreateInstance(kind.Type)!, kind.Section, configuration);
            foreach (var (key, value) in configuration.GetSection(kind.Section).AsEnumerable())
            {
                if (value is not null && !rows.ContainsKey(key))
                {
                    rows[key] = new EffectiveSetting(key, SecretNames.Tells(key) ? Hidden : value, SourceOf(key, configuration) ?? "default");
                }
            }
        }

        return [.. rows.Values];
    }

    private static void AddDefaults(SortedDictionary<string, EffectiveSetting> rows, object group, string path, IConfigurationRoot configuration)
    {
        foreach (var property in OptionsKind.Settings(group.GetType()))
        {
            var key = path + ":" + property.Name;
            var value = property.GetValue(group);
            if (OptionsKind.IsGroup(property.PropertyType) && value is not null)
            {
                AddDefaults(rows, value, key, configuration);
            }
            else if (SourceOf(key, configuration) is { } source)
            {
                rows[key] = new EffectiveSetting(key, Show(property, key, configuration[key]), source);
            }
            else if (!configuration.GetSection(key).Exists())
            {
                rows[key] = new EffectiveSetting(key, Show(property, key, Word(value)), "default");
            }
        }
    }

    private static string Show(PropertyInfo property, string key, string? value) =>
        string.IsNullOrEmpty(value) ? "" : OptionsKind.IsSecret(property) || SecretNames.Tells(key) ? Hidden : value;

    private static string? Word(object? value) => value switch
    {
        null => null,
        string text => text,
        IEnumerable list => string.Join(", ", list.Cast<object>()),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    private static string? SourceOf(string key, IConfigurationRoot configuration)
    {
        foreach (var provider in configuration.Providers.Reverse())
        {
            if (provider.TryGet(key, out var value) && value is not null)
            {
                return provider switch
                {
                    GivenProvider given => given.Name,
                    PrefixedEnvironmentProvider => PrefixedEnvironmentProvider.VariableOf(key),
                    YamlConfigurationProvider yaml when yaml.Settings.TryGetValue(key, out var setting) => $"{yaml.Name}:{setting.Line}",
                    JsonConfigurationProvider json => json.Source.Path ?? "json",
                    _ => provider.ToString() ?? provider.GetType().Name,
                };
            }
        }

        return null;
    }
}

/// <param name="Source">The default, a file with the line, an environment variable, or a flag.</param>
public sealed record EffectiveSetting(string Key, string Value, string Source);
