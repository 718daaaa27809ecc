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

    public const string Timeout = "agent.timeout";

    /// <summary>The agent <c>flaky</c> fails because it was asked to.</summary>
    public const string Flaky = "agent.flaky";
}
