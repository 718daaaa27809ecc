using Orchestrator.Vocabulary.Plans;

namespace Orchestrator.Decisions.Specs.Workflows;

/// <summary>Small plans that specs are about.</summary>
internal static class Plans
{
    public static Step Call(string id, params string[] after) => new(id, "agent", "do", Dependencies: [.. after]);

    public static RetryPolicy Linear(int retries, int milliseconds) => RetryPolicy.FromRetries(retries, TimeSpan.FromMilliseconds(milliseconds));
}
