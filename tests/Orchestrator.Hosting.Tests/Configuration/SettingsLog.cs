using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Hosting.Tests.Configuration;

/// <summary>What is logged of settings, in its order.</summary>
internal sealed class SettingsLog : ILoggerProvider, ILogger
{
    private readonly Channel<(string? Event, string Line)> lines = Channel.CreateUnbounded<(string?, string)>();

    public async Task<string> NextAsync(string expected)
    {
        var (name, line) = await lines.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));
        name.ShouldBe(expected, line);
        return line;
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        // A file that is caught while it is being written is tried again, which says nothing of the settings.
        if (eventId.Name is { } name && name.StartsWith("Settings", StringComparison.Ordinal) && name != "SettingsUnreadable")
        {
            lines.Writer.TryWrite((name, formatter(state, exception)));
        }
    }

    public void Dispose()
    {
    }
}
