using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Orchestrator.Hosting.Configuration;

/// <summary>Stands for the whole of our configuration, so that its keys are checked when options are validated at start.</summary>
internal sealed class UnknownKeys;

/// <summary>Refuses keys that no options type would read, in the layers that are ours alone: the YAML file, our environment variables and the flags.</summary>
internal sealed class UnknownKeysAreRefused(IConfiguration configuration, IEnumerable<OptionsKind> kinds, IEnumerable<SectionOfAnother> others) : IValidateOptions<UnknownKeys>
{
    public ValidateOptionsResult Validate(string? name, UnknownKeys options)
    {
        var problems = Problems(configuration, kinds, others).ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    internal static IEnumerable<string> Problems(IConfiguration configuration, IEnumerable<OptionsKind> kinds, IEnumerable<SectionOfAnother> others)
    {
        var known = new KnownKeys(kinds, others);
        foreach (var provider in (configuration as IConfigurationRoot)?.Providers ?? [])
        {
            var places = provider switch
            {
                YamlConfigurationProvider yaml => yaml.Settings.Select(entry => (entry.Key, Place: yaml.PlaceOf(entry.Value))),
                PrefixedEnvironmentProvider environment => environment.Keys.Select(key => (key, PrefixedEnvironmentProvider.VariableOf(key))),
                _ => [],
            };
            foreach (var (key, place) in places)
            {
                if (known.Problem(key) is { } problem)
                {
                    yield return $"{place} {problem}";
                }
            }
        }
    }
}
