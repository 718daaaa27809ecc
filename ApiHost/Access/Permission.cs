namespace Orchestrator.ApiHost.Access;

/// <summary>What an endpoint asks of its caller where keys are required.</summary>
public enum Permission
{
    /// <summary>Nothing: it tells nothing of anybody's work, or asks for a proof of its own.</summary>
    Open = 1,

    /// <summary>To see what there is.</summary>
    Read = 2,

    /// <summary>To start, steer and end work.</summary>
    Work = 3,

    /// <summary>To change what work is made of.</summary>
    Manage = 4,
}
