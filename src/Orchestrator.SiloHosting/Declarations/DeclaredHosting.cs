using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orchestrator.Execution.Declarations;

namespace Orchestrator.SiloHosting.Declarations;

internal static class DeclaredHosting
{
    /// <summary>Declares what the options say, and follows them while the process runs.</summary>
    public static IServiceCollection AddDeclared<TOptions, T>(this IServiceCollection services, Func<TOptions, IEnumerable<T>> read, Func<IEnumerable<T>, Declared<T>> declare)
        where T : class => services.AddSingleton<IDeclared<T>>(provider =>
        {
            var options = provider.GetRequiredService<IOptionsMonitor<TOptions>>();
            var declared = declare(read(options.CurrentValue));
            options.OnChange(now => declared.Replace(read(now)));
            return declared;
        });
}
