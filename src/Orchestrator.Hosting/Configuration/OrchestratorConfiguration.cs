using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.EnvironmentVariables;

namespace Orchestrator.Hosting.Configuration;

/// <summary>Where settings come from.</summary>
/// <remarks>Later layers win: defaults, <c>appsettings.json</c>, <c>orchestrator.yaml</c>, environment (<c>ORC__Section__Key</c>), flags.</remarks>
public static class OrchestratorConfiguration
{
    public const string EnvironmentPrefix = "ORC__";
    public const string FileName = "orchestrator.yaml";

    /// <summary>Replaces every layer by ours.</summary>
    /// <param name="directory">Where the two files are looked for.</param>
    /// <param name="file">A YAML file to read in place of <c>orchestrator.yaml</c>; it must exist.</param>
    /// <param name="flags">What the command line sets, by key.</param>
    /// <exception cref="ConfigurationRefusedException">A file cannot be read.</exception>
    public static IConfigurationBuilder AddOrchestratorConfiguration(
        this IConfigurationBuilder builder, string directory, string? file = null, IEnumerable<KeyValuePair<string, string?>>? flags = null)
    {
        builder.Sources.Clear();
        builder.AddJsonFile(Path.Combine(Path.GetFullPath(directory), "appsettings.json"), optional: true, reloadOnChange: false);
        builder.Add(new YamlConfigurationSource(Path.GetFullPath(file ?? FileName, Path.GetFullPath(directory)), required: file is not null));
        builder.Add(new PrefixedEnvironmentSource());
        builder.Add(new FlagSource(flags ?? []));
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

internal sealed class FlagSource(IEnumerable<KeyValuePair<string, string?>> flags) : IConfigurationSource
{
    public IConfigurationProvider Build(IConfigurationBuilder builder) => new FlagProvider(flags);
}

internal sealed class FlagProvider : ConfigurationProvider
{
    public FlagProvider(IEnumerable<KeyValuePair<string, string?>> flags) =>
        Data = flags.Where(flag => flag.Value is not null).ToDictionary(StringComparer.OrdinalIgnoreCase);
}
