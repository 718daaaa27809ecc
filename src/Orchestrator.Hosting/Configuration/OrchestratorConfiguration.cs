using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.EnvironmentVariables;

namespace Orchestrator.Hosting.Configuration;

/// <summary>Where settings come from.</summary>
/// <remarks>Later layers win: defaults, <c>appsettings.json</c>, <c>orchestrator.yaml</c>, environment (<c>ORC__Section__Key</c>), flags.</remarks>
public static class OrchestratorConfiguration
{
    public const string EnvironmentPrefix = "ORC__";
    public const string FileName = "orchestrator.yaml";

    /// <summary>An environment variable that names a file to read in place of <see cref="FileName"/> where it is there: an image names the place where one may be mounted.</summary>
    public const string FileVariable = "ORC_CONFIG";

    /// <summary>Replaces every layer by ours.</summary>
    /// <param name="directory">Where the two files are looked for.</param>
    /// <param name="file">A YAML file to read in place of <c>orchestrator.yaml</c>, and of what <see cref="FileVariable"/> names; it must exist.</param>
    /// <param name="flags">What the command line sets, by key.</param>
    /// <param name="defaults">What this program would like unless anybody says otherwise.</param>
    /// <exception cref="ConfigurationRefusedException">A file cannot be read.</exception>
    public static IConfigurationBuilder AddOrchestratorConfiguration(
        this IConfigurationBuilder builder, string directory, string? file = null,
        IEnumerable<KeyValuePair<string, string?>>? flags = null, IEnumerable<KeyValuePair<string, string?>>? defaults = null)
    {
        var mounted = Environment.GetEnvironmentVariable(FileVariable) is { Length: > 0 } path && File.Exists(path) ? path : null;
        builder.Sources.Clear();
        builder.Add(new GivenSource("default", defaults ?? []));
        builder.AddJsonFile(Path.Combine(Path.GetFullPath(directory), "appsettings.json"), optional: true, reloadOnChange: false);
        builder.Add(new YamlConfigurationSource(Path.GetFullPath(file ?? mounted ?? FileName, Path.GetFullPath(directory)), required: file is not null));
        builder.Add(new PrefixedEnvironmentSource());
        builder.Add(new GivenSource("flag", flags ?? []));
        return builder;
    }
}

/// <summary>The environment's variables with our prefix. A type of its own so that a setting's source can be told.</summary>
internal sealed class PrefixedEnvironmentSource : IConfigurationSource
{
    public IConfigurationProvider Build(IConfigurationBuilder builder) => new PrefixedEnvironmentProvider();
}

internal sealed class PrefixedEnvironmentProvider() : EnvironmentVariablesConfigurationProvider(OrchestratorConfiguration.EnvironmentPrefix)
{
    public IEnumerable<string> Keys => Data.Keys;

    public static string VariableOf(string key) => OrchestratorConfiguration.EnvironmentPrefix + key.Replace(":", "__", StringComparison.Ordinal);
}

/// <summary>Values from the program itself: its own defaults, or its flags.</summary>
internal sealed class GivenSource(string name, IEnumerable<KeyValuePair<string, string?>> values) : IConfigurationSource
{
    public IConfigurationProvider Build(IConfigurationBuilder builder) => new GivenProvider(name, values);
}

internal sealed class GivenProvider : ConfigurationProvider
{
    public GivenProvider(string name, IEnumerable<KeyValuePair<string, string?>> values)
    {
        Name = name;
        Data = values.Where(value => value.Value is not null).ToDictionary(StringComparer.OrdinalIgnoreCase);
    }

    public string Name { get; }
}
