using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orchestrator.Adapters.RabbitMq;
using Orchestrator.Execution.Ids;
using Orchestrator.Hosting.Configuration;

namespace Orchestrator.SiloHosting.Queues;

/// <summary>The message queue. Both directions are off until <see cref="MessageQueueOptions.Type"/> names one.</summary>
public static class QueueHosting
{
    /// <summary>Brings tasks from the message queue to a door. Comes after what stands behind the door, so that it stops before it.</summary>
    public static IServiceCollection AddTaskQueue<TDoor>(this IServiceCollection services)
        where TDoor : class, ITaskDoor
    {
        services.TryAddSingleton<Random, SecureRandom>();
        return services
            .AddValidatedOptions<MessageQueueOptions>()
            .AddRabbitMq()
            .AddSingleton<ITaskDoor, TDoor>()
            .AddHostedService<TaskQueueService>();
    }

    /// <summary>Tells results to the message queue. Comes after the grains, so that it stops before them.</summary>
    internal static IServiceCollection AddResultQueue(this IServiceCollection services) => services
        .AddRabbitMq()
        .AddHostedService<ResultRelayService>();
}
