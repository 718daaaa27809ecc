using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orchestrator.Hosting.Configuration;

namespace Orchestrator.Hosting.Operators;

public static class OperatorRegistration
{
    /// <summary>Makes operators known by their keys. Calling it twice changes nothing.</summary>
    public static IServiceCollection AddOperators(this IServiceCollection services)
    {
        services.AddValidatedOptions<OperatorOptions>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<OperatorOptions>, OperatorKeysAreUsable>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<OperatorKeys>();
        services.TryAddSingleton<OperatorDoor>();
        return services;
    }
}
