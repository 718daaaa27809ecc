using Microsoft.Extensions.Options;
using Orchestrator.Decisions.Schedules;

namespace Orchestrator.SiloHosting.Schedules;

/// <summary>Refuses at the start, and before a change is taken over, what no schedule can be.</summary>
internal sealed class DeclaredSchedulesAreUsable : IValidateOptions<DeclaredSchedulesOptions>
{
    public ValidateOptionsResult Validate(string? name, DeclaredSchedulesOptions options)
    {
        var problems = options.Declared
            .SelectMany(entry => ScheduleRules.Problems(entry.Value.ToSchedule(entry.Key)).Select(problem => $"{DeclaredSchedulesOptions.Section}:{nameof(options.Declared)}:{entry.Key}: {problem.Message}"))
            .ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
