using System.Collections.Immutable;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orchestrator.Decisions.Limits;
using Orchestrator.Execution.Limits;
using Orchestrator.Hosting.Configuration;

namespace Orchestrator.SiloHosting.Limits;

internal static class LimitHosting
{
    /// <summary>Declares the limits of the configuration.</summary>
    public static IServiceCollection AddLimits(this IServiceCollection services) =>
        services.AddSingleton<IDeclaredLimits>(provider => new DeclaredLimits(
            provider.GetRequiredService<IOptions<DeclaredLimitsOptions>>().Value.Declared.Select(entry => entry.Value.ToLimit(entry.Key))));
}

/// <summary>Refuses at the start what no call could follow.</summary>
internal sealed class LimitsAreUsable(IServiceProvider services) : IValidateOptions<DeclaredLimitsOptions>
{
    public ValidateOptionsResult Validate(string? name, DeclaredLimitsOptions options)
    {
        var configuration = services.GetService<IConfiguration>();
        var problems = options.Declared
            .SelectMany(entry => LimitRules.Problems(LimitRules.Complete(entry.Value.ToLimit(entry.Key))).Select(problem =>
            {
                var key = $"{DeclaredLimitsOptions.Section}:Declared:{entry.Key}:{char.ToUpperInvariant(problem.Member[0])}{problem.Member[1..]}";
                return $"{SettingPlace.Of(configuration, key)}{key}: {problem.Message}";
            }))
            .ToImmutableArray();
        return problems.IsEmpty ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
