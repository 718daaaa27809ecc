using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Orchestrator.LocalRuntime;

/// <summary>Says what a silo has.</summary>
public sealed class LocalSiloBuilder
{
    internal LocalSiloBuilder(IServiceCollection services) => Services = services;

    public IServiceCollection Services { get; }

    internal List<Assembly> Assemblies { get; } = [];

    /// <summary>Adds every grain class of an assembly.</summary>
    public LocalSiloBuilder AddGrains(Assembly assembly)
    {
        Assemblies.Add(assembly);
        return this;
    }

    public LocalSiloBuilder Configure(Action<LocalSiloOptions> configure)
    {
        Services.Configure(configure);
        return this;
    }

    /// <summary>Keeps grain records in memory under a provider name.</summary>
    public LocalSiloBuilder AddMemoryGrainStorage(string name)
    {
        Services.AddKeyedSingleton<IGrainStorage>(name, (_, _) => new MemoryGrainStorage());
        return this;
    }

    public LocalSiloBuilder AddMemoryGrainStorageAsDefault() => AddMemoryGrainStorage(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME);

    /// <summary>Adds a grain storage of one's own under a provider name.</summary>
    public LocalSiloBuilder AddGrainStorage(string name, Func<IServiceProvider, string, IGrainStorage> create)
    {
        Services.AddKeyedSingleton(name, (services, _) => create(services, name));
        return this;
    }

    /// <summary>Adds streams within the process under a provider name.</summary>
    public LocalSiloBuilder AddMemoryStreams(string name)
    {
        Services.AddKeyedSingleton<IStreamProvider>(name, (services, _) =>
        {
            var silo = services.GetRequiredService<LocalSilo>();
            return new LocalStreamProvider(name, silo, services.GetRequiredService<StreamSubscriptions>(), silo.Options.StreamBacklogMax);
        });
        return this;
    }

    public LocalSiloBuilder AddMemoryReminderTable() => AddReminderTable(_ => new MemoryReminderTable());

    /// <summary>Keeps reminders in a table of one's own.</summary>
    public LocalSiloBuilder AddReminderTable(Func<IServiceProvider, IReminderTable> create)
    {
        Services.AddKeyedSingleton(ProviderConstants.DefaultReminderTableName, (services, _) => create(services));
        return this;
    }

    public LocalSiloBuilder AddIncomingGrainCallFilter<TFilter>() where TFilter : class, IIncomingGrainCallFilter
    {
        Services.AddSingleton<IIncomingGrainCallFilter, TFilter>();
        return this;
    }

    public LocalSiloBuilder AddOutgoingGrainCallFilter<TFilter>() where TFilter : class, IOutgoingGrainCallFilter
    {
        Services.AddSingleton<IOutgoingGrainCallFilter, TFilter>();
        return this;
    }
}

public static class LocalSiloServiceCollectionExtensions
{
    /// <summary>Makes this process a silo: grains live in it, and <see cref="IGrainFactory"/> and <see cref="IClusterClient"/> reach them.</summary>
    /// <remarks>
    /// Takes <see cref="TimeProvider"/> and <see cref="ITurnExecutor"/> from the services where they are registered.
    /// The silo's hosted service comes where this is called, and hosts stop services in reverse: register what grains use in their last turns before it.
    /// </remarks>
    public static IServiceCollection AddLocalSilo(this IServiceCollection services, Action<LocalSiloBuilder> configure)
    {
        var builder = new LocalSiloBuilder(services);
        services.AddLogging();
        services.AddOptions<LocalSiloOptions>().ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ITurnExecutor, ThreadPoolExecutor>();
        services.TryAddSingleton<IGrainContextAccessor, GrainContextAccessor>();
        services.AddSingleton<LocalSilo>();
        services.AddSingleton<IClusterClient>(provider => provider.GetRequiredService<LocalSilo>().Grains);
        services.AddSingleton<IGrainFactory>(provider => provider.GetRequiredService<LocalSilo>().Grains);
        services.TryAddSingleton<StreamSubscriptions>();
        services.AddSingleton<ReminderService>();
        services.AddHostedService<IdleCollector>();
        services.AddHostedService(provider => provider.GetRequiredService<ReminderService>());
        configure(builder);
        services.AddSingleton(new GrainRegistry(builder.Assemblies.Append(typeof(LocalSilo).Assembly)));
        return services;
    }
}
