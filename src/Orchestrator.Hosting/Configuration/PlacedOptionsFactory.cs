using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Orchestrator.Hosting.Configuration;

/// <summary>Makes options as the framework does, and names the line that set what is refused of them, whichever rule refuses it.</summary>
internal sealed class PlacedOptionsFactory<T>(
    IEnumerable<IConfigureOptions<T>> setups, IEnumerable<IPostConfigureOptions<T>> completions, IEnumerable<IValidateOptions<T>> rules, IConfiguration configuration) : IOptionsFactory<T>
    where T : class
{
    private readonly OptionsFactory<T> factory = new(setups, completions, rules);

    public T Create(string name)
    {
        try
        {
            return factory.Create(name);
        }
        catch (OptionsValidationException refused) when ((configuration as IConfigurationRoot)?.Providers.OfType<YamlConfigurationProvider>().FirstOrDefault() is { } file)
        {
            throw new OptionsValidationException(name, typeof(T), refused.Failures.Select(problem => file.Located(problem, file.Settings)));
        }
    }
}
