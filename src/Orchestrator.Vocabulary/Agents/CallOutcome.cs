namespace Orchestrator.Vocabulary.Agents;

/// <summary>How a call went, as far as the instance's health is concerned.</summary>
[GenerateSerializer, Alias("call-outcome")]
public enum CallOutcome
{
    /// <summary>Never sent. Reading it is a fault.</summary>
    None = 0,

    /// <summary>It answered; a refusal of the caller's input (4xx) is an answer too.</summary>
    Answered = 1,

    /// <summary>5xx, 408, timeout, refused connection.</summary>
    Broken = 2,

    /// <summary>We gave up for reasons of our own, such as a cancel: says nothing about the instance.</summary>
    Abandoned = 3,
}
