namespace Orchestrator.Vocabulary.Agents;

/// <summary>The codes under which calls of agents fail. An agent may fail with codes of its own besides.</summary>
public static class AgentFailures
{
    /// <summary>Nobody declared an agent of that name or for that action. Final.</summary>
    public const string NotFound = "agent.not_found";

    /// <summary>It did not answer in time.</summary>
    public const string Timeout = "agent.timeout";

    /// <summary>There was no connection, or it broke before the answer was complete.</summary>
    public const string Unreachable = "agent.unreachable";

    /// <summary>Its address is none that may be called. Final.</summary>
    public const string AddressRefused = "agent.address_refused";

    /// <summary>As many calls wait for it as may.</summary>
    public const string QueueFull = "agent.queue_full";

    /// <summary>It threw, or answered with 5xx.</summary>
    public const string Error = "agent.error";

    /// <summary>It answered that we call too often (429) or too early (425).</summary>
    public const string Busy = "agent.busy";

    /// <summary>What it was to be shown could not be had: no token was given for our credentials. It was not called.</summary>
    public const string Unauthorized = "agent.unauthorized";

    /// <summary>It refused the request (any other 4xx). Final.</summary>
    public const string Rejected = "agent.rejected";

    /// <summary>What it answered is not JSON.</summary>
    public const string BadAnswer = "agent.bad_answer";

    /// <summary>It answered with more than may be taken. Final.</summary>
    public const string AnswerTooLarge = "agent.answer_too_large";

    /// <summary>Nothing in this process can call agents of its kind. Final.</summary>
    public const string KindUnsupported = "agent.kind_unsupported";

    /// <summary>It is declared, and cannot be called until something is configured; the message says what. Final.</summary>
    public const string Disabled = "agent.disabled";

    /// <summary>The attempt belongs to an earlier start of its process.</summary>
    public const string Stale = "agent.stale";
}
