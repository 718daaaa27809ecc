using Microsoft.Extensions.Configuration;

namespace Orchestrator.Hosting.Configuration;

/// <summary>A YAML file as a layer of configuration. A file that is not there is an empty layer, unless it was asked for by name.</summary>
internal sealed class YamlConfigurationSource(string file, bool required) : IConfigurationSource
{
    public IConfigurationProvider Build(IConfigurationBuilder builder) => new YamlConfigurationProvider(file, required);
}

internal sealed class YamlConfigurationProvider(string file, bool required) : ConfigurationProvider
{
    /// <summary>The file as a person would name it in a message.</summary>
    public string Name { get; } = Path.GetFileName(file);

    /// <summary>Where each key stands.</summary>
    public IReadOnlyDictionary<string, YamlSetting> Settings { get; private set; } = new Dictionary<string, YamlSetting>();

    public override void Load()
    {
        if (!File.Exists(file))
        {
            Settings = required
                ? throw new ConfigurationRefusedException([$"{file}: the file does not exist"])
                : new Dictionary<string, YamlSetting>();
            return;
        }

        Settings = SeedNames.Translate(Name, YamlDocumentReader.Read(Name, File.ReadAllBytes(file)));
        Data = Settings.ToDictionary(entry => entry.Key, entry => entry.Value.Value, StringComparer.OrdinalIgnoreCase);
    }
}
