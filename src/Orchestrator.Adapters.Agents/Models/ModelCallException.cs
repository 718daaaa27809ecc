using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Adapters.Agents.Models;

/// <summary>A model gave no answer that can be used. How <see cref="OpenAiChatClient"/> says so, because a chat client has no other way.</summary>
/// <param name="failure">What the step is told when nobody else answers.</param>
/// <param name="anotherMayHelp">Whether another model of the same endpoint may do better.</param>
public sealed class ModelCallException(StepFailure failure, bool anotherMayHelp) : Exception(failure.Message)
{
    public StepFailure Failure => failure;

    public bool AnotherMayHelp => anotherMayHelp;
}
