namespace Orchestrator.BuiltinAgents.Inputs;

/// <summary>The codes with which a built-in agent fails. All but <see cref="Flaky"/> and <see cref="Timeout"/> are final.</summary>
internal static class AgentFailures
{
    /// <summary>The input is not what the agent reads; the message names the field, what was expected and what was found.</summary>
    public const string BadInput = "agent.bad_input";

    /// <summary>The input can be read, and there is nothing in it to work on.</summary>
    public const string NothingToDo = "agent.nothing_to_do";

    /// <summary>A document's bytes are not what their format promises.</summary>
    public const string UnreadableDocument = "agent.unreadable_document";

    /// <summary>A program that the work needs is not installed.</summary>
    public const string MissingTool = "agent.missing_tool";

    /// <summary>The work needs something that is not configured: a model, a service. The message says what.</summary>
    public const string NotConfigured = "agent.not_configured";

    /// <summary>Too little is known for an honest answer; the message says how much there is and how much it takes.</summary>
    public const string NotEnoughData = "agent.not_enough_data";

    public const string Timeout = "agent.timeout";

    /// <summary>The agent <c>flaky</c> fails because it was asked to.</summary>
    public const string Flaky = "agent.flaky";
}
