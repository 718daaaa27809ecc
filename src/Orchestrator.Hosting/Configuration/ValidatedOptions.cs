using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Orchestrator.Hosting.Configuration;

/// <summary>The one way options enter a host.</summary>
public static class ValidatedOptions
{
    /// <summary>
    /// Binds <typeparamref name="T"/> to the section that its public constant <c>Section</c> names, resolves secret references, checks its
    /// data annotations when the host starts, and makes its keys known, so that a mistyped one is refused at start.
    /// </summary>
    /// <remarks>Calling it twice for one type changes nothing.</remarks>
    public static IServiceCollection AddValidatedOptions<T>(this IServiceCollection services)
        where T : class, new() => services.Add<T>(reloads: false);

    /// <summary>As <see cref="AddValidatedOptions{T}"/>, and what the settings file comes to say while the process runs is taken over, as a whole or, where any of it is wrong, not at all.</summary>
    /// <remarks>Whoever uses them reads <see cref="IOptionsMonitor{TOptions}"/>.</remarks>
    public static IServiceCollection AddReloadedOptions<T>(this IServiceCollection services)
        where T : class, new() => services.Add<T>(reloads: true);

    private static IServiceCollection Add<T>(this IServiceCollection services, bool reloads)
        where T : class, new()
    {
        if (services.Any(service => service.ImplementationInstance is OptionsKind kind && kind.Type == typeof(T)))
        {
            return services;
        }

        var known = OptionsKind.Of(typeof(T), reloads);
        services.AddSingleton(known);
        services.AddSingleton<IValidateOptions<T>>(new AnnotationsAreMet<T>(known.Section));
        services.AddTransient<IOptionsFactory<T>, PlacedOptionsFactory<T>>();
        if (reloads)
        {
            services.AddSingleton<ReloadedKind, ReloadedKind<T>>();
        }

        services.AddOptions<T>()
            .BindConfiguration(known.Section)
            .PostConfigure(options => SecretReferences.Resolve(options, known.Section))
            .ValidateOnStart();

        services.TryAddSingleton<IValidateOptions<UnknownKeys>, UnknownKeysAreRefused>();
        services.AddOptions<UnknownKeys>().ValidateOnStart();
        return services;
    }

    /// <summary>Looks for changes of the settings file for as long as the host runs.</summary>
    public static IServiceCollection AddSettingsReload(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        return services.AddValidatedOptions<ReloadOptions>().AddHostedService<SettingsReload>();
    }

    /// <summary>Lets this program and another be given the same settings: nothing of the section, which only the other one reads, is refused here.</summary>
    public static IServiceCollection AddSectionOfAnother(this IServiceCollection services, string section) =>
        services.AddSingleton(new SectionOfAnother(section));
}
