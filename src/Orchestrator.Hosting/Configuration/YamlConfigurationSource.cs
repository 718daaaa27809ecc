using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Orchestrator.Hosting.Configuration;

/// <summary>A YAML file as a layer of configuration. A file that is not there is an empty layer, unless it was asked for by name.</summary>
internal sealed class YamlConfigurationSource(string file, bool required) : IConfigurationSource
{
    public IConfigurationProvider Build(IConfigurationBuilder builder) => new YamlConfigurationProvider(file, required);
}

internal sealed class YamlConfigurationProvider(string file, bool required) : ConfigurationProvider
{
    private byte[] content = [];
    private byte[]? settling;

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

        content = File.ReadAllBytes(file);
        Settings = Read();
        Data = ValuesOf(Settings);
    }

    /// <summary>What the file has come to say; null where it says what it said when it was last read. Changes nothing of what is set.</summary>
    /// <remarks>A file that is not there is being replaced, and one that looks different each time is being written: it is read once it has stood still from one call to the next.</remarks>
    /// <exception cref="ConfigurationRefusedException">It cannot be read as settings. It is not read again before it changes.</exception>
    /// <exception cref="IOException">It cannot be read at all at the moment.</exception>
    public IReadOnlyDictionary<string, YamlSetting>? ReadChanges()
    {
        if (!File.Exists(file) || File.ReadAllBytes(file) is var now && now.AsSpan().SequenceEqual(content))
        {
            return null;
        }

        if (settling is null || !now.AsSpan().SequenceEqual(settling))
        {
            settling = now;
            return null;
        }

        (content, settling) = (now, null);
        return Read();
    }

    public string PlaceOf(YamlSetting setting) => string.Create(CultureInfo.InvariantCulture, $"{Name}:{setting.Line}:{setting.Column}");

    /// <summary>The problem behind the place of the setting it begins with or quotes; as it is where no line of these settings is meant.</summary>
    public string Located(string problem, IReadOnlyDictionary<string, YamlSetting> settings)
    {
        // What is missing stands nowhere: then it is the nearest of what stands around it.
        for (var subject = problem.Split(": ")[0]; subject.Length > 0; subject = subject[..Math.Max(0, subject.LastIndexOf(':'))])
        {
            var meant = settings
                .Where(entry => entry.Key.Equals(subject, StringComparison.OrdinalIgnoreCase) || entry.Key.StartsWith(subject + ":", StringComparison.OrdinalIgnoreCase) || problem.Contains($"'{entry.Key}'", StringComparison.OrdinalIgnoreCase))
                .OrderBy(entry => (entry.Value.Line, entry.Value.Column))
                .Select(entry => PlaceOf(entry.Value))
                .FirstOrDefault();
            if (meant is not null)
            {
                return $"{meant} {problem}";
            }
        }

        return problem;
    }

    /// <summary>Sets these, and tells whoever listens.</summary>
    public void Take(IReadOnlyDictionary<string, YamlSetting> settings)
    {
        Settings = settings;
        Data = ValuesOf(settings);
        OnReload();
    }

    public static Dictionary<string, string?> ValuesOf(IEnumerable<KeyValuePair<string, YamlSetting>> settings) =>
        settings.ToDictionary(entry => entry.Key, entry => entry.Value.Value, StringComparer.OrdinalIgnoreCase);

    private IReadOnlyDictionary<string, YamlSetting> Read() => SeedNames.Translate(Name, YamlDocumentReader.Read(Name, content));
}
