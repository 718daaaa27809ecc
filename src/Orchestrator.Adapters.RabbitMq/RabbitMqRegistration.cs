using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orchestrator.Execution.Queues;

namespace Orchestrator.Adapters.RabbitMq;

public static class RabbitMqRegistration
{
    /// <summary>Both directions of the message queue. Nothing connects before it is used. Calling it twice changes nothing.</summary>
    public static IServiceCollection AddRabbitMq(this IServiceCollection services)
    {
        services.TryAddSingleton<BrokerDoor>();
        services.TryAddSingleton<ITaskQueue, RabbitMqTaskQueue>();
        services.TryAddSingleton<IResultQueue, RabbitMqResultQueue>();
        return services;
    }
}
