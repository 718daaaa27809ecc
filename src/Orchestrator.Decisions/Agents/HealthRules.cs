using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.Decisions.Agents;

/// <summary>What a health check may say.</summary>
internal static class HealthRules
{
    private const int PathLengthMax = 2_048;
    private const int ChecksMax = 100;
    private static readonly TimeSpan EveryMin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan EveryMax = TimeSpan.FromDays(1);

    public static IEnumerable<string> Problems(AgentRegistration agent)
    {
        if (agent.Health is not { } health)
        {
            yield break;
        }

        if (agent.Kind == AgentKind.Builtin)
        {
            yield return "health is for agents that are called over HTTP; one in our process is as well as the process.";
        }

        if (!IsPath(health.Path))
        {
            yield return $"health.path must begin with one '/' and have at most {PathLengthMax} characters, none of them a space, a backslash or a control character, and no '#'.";
        }

        if (health.Interval < EveryMin || health.Interval > EveryMax)
        {
            yield return "health.every must be 5 s to 1 day.";
        }

        if (health.Patience <= TimeSpan.Zero || health.Patience > health.Interval)
        {
            yield return "health.timeout must be more than nothing and at most health.every.";
        }

        if (health.UnhealthyAfter is < 1 or > ChecksMax || health.HealthyAfter is < 1 or > ChecksMax)
        {
            yield return $"health.unhealthyAfter and health.healthyAfter must be 1 to {ChecksMax}.";
        }
    }

    // Two slashes would begin another host, and so would a backslash for some readers.
    private static bool IsPath(string? path) =>
        path is ['/', ..] && path.Length <= PathLengthMax && !path.StartsWith("//", StringComparison.Ordinal) && path.All(c => c is > ' ' and < (char)127 and not ('\\' or '#'));
}
