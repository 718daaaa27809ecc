using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Orchestrator.Hosting.Configuration;

/// <summary>Options that follow the settings file, and how to tell beforehand whether they could.</summary>
internal abstract class ReloadedKind
{
    /// <summary>What would be refused about them.</summary>
    public abstract IEnumerable<string> Problems(IConfiguration trial);
}

internal sealed class ReloadedKind<T>(IEnumerable<IValidateOptions<T>> rules) : ReloadedKind
    where T : class, new()
{
    private readonly string section = OptionsKind.Of(typeof(T)).Section;

    public override IEnumerable<string> Problems(IConfiguration trial)
    {
        var options = new T();
        try
        {
            trial.GetSection(section).Bind(options);
            SecretReferences.Resolve(options, section);
        }
        catch (InvalidOperationException unreadable)
        {
            return [unreadable.Message];
        }
        catch (ConfigurationRefusedException refused)
        {
            return refused.Problems;
        }

        return rules.Select(rule => rule.Validate(Options.DefaultName, options)).Where(result => result.Failed).SelectMany(result => result.Failures ?? []);
    }
}
