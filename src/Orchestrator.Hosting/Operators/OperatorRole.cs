namespace Orchestrator.Hosting.Operators;

/// <summary>What a holder of a key may do; each role may what those before it may.</summary>
public enum OperatorRole
{
    /// <summary>Never configured.</summary>
    None = 0,

    /// <summary>Reads everything that the API tells.</summary>
    Viewer = 1,

    /// <summary>Starts, steers and ends work: workflows, tasks, sessions, decisions, breakers, dead letters.</summary>
    Operator = 2,

    /// <summary>Changes what work is made of: plans, agents, routes, limits, schedules, subscriptions.</summary>
    Admin = 3,
}
