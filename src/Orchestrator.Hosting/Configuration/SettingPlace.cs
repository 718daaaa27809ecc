using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Orchestrator.Hosting.Configuration;

/// <summary>Where in a settings file a setting stands, for problems that are found only when all of them have been read.</summary>
public static class SettingPlace
{
    /// <summary><c>orchestrator.yaml:12:5 </c> for the setting, or what stands nearest around it; empty where it comes from no file.</summary>
    /// <param name="configuration">Null where there is none.</param>
    public static string Of(IConfiguration? configuration, string key)
    {
        var files = (configuration as IConfigurationRoot)?.Providers.OfType<YamlConfigurationProvider>().Reverse().ToList() ?? [];
        for (var around = key; around.Length > 0; around = around[..Math.Max(around.LastIndexOf(':'), 0)])
        {
            foreach (var file in files)
            {
                if (Find(file, around) is { } at)
                {
                    return string.Create(CultureInfo.InvariantCulture, $"{file.Name}:{at.Line}:{at.Column} ");
                }
            }
        }

        return "";
    }

    private static YamlSetting? Find(YamlConfigurationProvider file, string key)
    {
        if (file.Settings.TryGetValue(key, out var setting))
        {
            return setting;
        }

        var inside = file.Settings.Where(entry => entry.Key.StartsWith(key + ":", StringComparison.OrdinalIgnoreCase)).Select(entry => entry.Value).ToList();
        return inside.Count == 0 ? null : inside.MinBy(one => one.Line);
    }
}
