using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Hosting.Configuration;
using Serilog;
using Serilog.Events;
using Serilog.Extensions.Logging;

namespace Orchestrator.Hosting.Logging;

public static class LoggingRegistration
{
    /// <summary>Sends everything that is logged through Serilog as <see cref="LogOptions"/> says.</summary>
    public static IServiceCollection AddOrchestratorLogging(this IServiceCollection services)
    {
        services.AddValidatedOptions<LogOptions>();
        services.AddLogging(logging => logging.ClearProviders().SetMinimumLevel(LogLevel.Trace));
        services.AddSingleton<ILoggerProvider>(provider =>
            new SerilogLoggerProvider(CreateLogger(provider.GetRequiredService<IOptions<LogOptions>>().Value), dispose: true));
        return services;
    }

    internal static Serilog.Core.Logger CreateLogger(LogOptions options)
    {
        var logger = new LoggerConfiguration()
            .MinimumLevel.Is(options.Level)
            .MinimumLevel.Override("Microsoft", Higher(options.Level, LogEventLevel.Warning))
            .MinimumLevel.Override("System.Net.Http", Higher(options.Level, LogEventLevel.Warning))
            .Enrich.FromLogContext();
        foreach (var (source, level) in options.Levels)
        {
            logger.MinimumLevel.Override(source, level);
        }

        logger.Filter.With(new RepeatedTrouble(TimeProvider.System));

        // Last, so that nothing an earlier enricher adds gets past it.
        logger.Enrich.With(new RedactionEnricher());
        return options.Form == LogForm.Json
            ? logger.WriteTo.Console(new CompactLogFormatter()).CreateLogger()
            : logger.WriteTo.Console(
                outputTemplate: "{Timestamp:HH:mm:ss} {Level:u3} {Message:lj}{NewLine}{Exception}",
                formatProvider: System.Globalization.CultureInfo.InvariantCulture,
                standardErrorFromLevel: LogEventLevel.Verbose).CreateLogger();
    }

    private static LogEventLevel Higher(LogEventLevel one, LogEventLevel other) => one > other ? one : other;
}
