namespace Orchestrator.Adapters.RabbitMq;

/// <summary>Which broker brings tasks and is told results.</summary>
public enum MessageQueueType
{
    /// <summary>None: nothing is connected to.</summary>
    None = 0,
    RabbitMq = 1,
}
