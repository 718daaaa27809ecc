using System.Globalization;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Orchestrator.ApiHost.Tests.Tasks;

/// <summary>What the log says of it (S2-31).</summary>
[Collection(SiloServer.Collection)]
public sealed class When_a_task_ends : IAsyncLifetime
{
    private readonly ListeningServer server = new();

    public Task InitializeAsync() => server.InitializeAsync();

    public Task DisposeAsync() => server.DisposeAsync();

    [Theory]
    [InlineData("echo", "{}", "task_completed", "completed")]
    [InlineData("flaky", """{"failures": 9, "retryable": false}""", "task_failed", "failed")]
    public async Task one_line_names_it_with_its_agent_and_its_time(string agent, string payload, string name, string status)
    {
        await server.Client.PutAsync("/api/v1/routes/logged", new StringContent($$"""{"pattern": "logged", "targetAgent": "{{agent}}"}""", System.Text.Encoding.UTF8, "application/json"));
        var task = await (await server.Client.PostJsonAsync("/orchestrate", $$"""{"pattern": "logged", "payload": {{payload}} }""", ("Prefer", "wait=30"))).JsonAsync();
        var line = await server.Lines.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));
        line.Name.ShouldBe(name);
        Guid.Parse(line.Values["task_id"]).ShouldBe(Guid.Parse(task.GetProperty("task_id").GetString()!));
        (line.Values["agent"], line.Values["status"]).ShouldBe((agent, status));
        double.Parse(line.Values["execution_time"], CultureInfo.InvariantCulture).ShouldBeInRange(0, 60);
    }

    /// <summary>A server whose log of tasks is heard.</summary>
    private sealed class ListeningServer : SiloServer, ILoggerProvider, ILogger
    {
        private readonly Channel<(string? Name, Dictionary<string, string> Values)> lines = Channel.CreateUnbounded<(string?, Dictionary<string, string>)>();

        public ChannelReader<(string? Name, Dictionary<string, string> Values)> Lines => lines.Reader;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Name?.StartsWith("task_", StringComparison.Ordinal) == true && state is IEnumerable<KeyValuePair<string, object?>> values)
            {
                lines.Writer.TryWrite((eventId.Name, values.ToDictionary(pair => pair.Key, pair => Convert.ToString(pair.Value, CultureInfo.InvariantCulture) ?? "")));
            }
        }

        public void Dispose()
        {
        }

        protected override void Compose(WebApplicationBuilder builder) => builder.Services.AddSingleton<ILoggerProvider>(this);
    }
}
