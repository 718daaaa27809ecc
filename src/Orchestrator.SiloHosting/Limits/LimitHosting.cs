using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orchestrator.Decisions.Limits;
using Orchestrator.Execution.Declarations;
using Orchestrator.SiloHosting.Declarations;
using Orchestrator.Vocabulary.Limits;

namespace Orchestrator.SiloHosting.Limits;

internal static class LimitHosting
{
    /// <summary>Declares the limits of the configuration, and follows it.</summary>
    public static IServiceCollection AddLimits(this IServiceCollection services) => services
        .AddDeclared<DeclaredLimitsOptions, Limit>(options => options.Declared.Select(entry => entry.Value.ToLimit(entry.Key)), Declared.Limits);
}

/// <summary>Refuses at the start, and before a change is taken over, what no call could follow.</summary>
internal sealed class LimitsAreUsable : IValidateOptions<DeclaredLimitsOptions>
{
    public ValidateOptionsResult Validate(string? name, DeclaredLimitsOptions options)
    {
        var problems = options.Declared
            .SelectMany(entry => LimitRules.Problems(LimitRules.Complete(entry.Value.ToLimit(entry.Key)))
                .Select(problem => $"{DeclaredLimitsOptions.Section}:Declared:{entry.Key}:{char.ToUpperInvariant(problem.Member[0])}{problem.Member[1..]}: {problem.Message}"))
            .ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
