using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orchestrator.Client;
using Orchestrator.Client.Connections;
using Orchestrator.Client.Plans;
using Orchestrator.Embedded;
using Orchestrator.Execution.Agents;
using Orchestrator.Vocabulary.Payloads;

namespace Orchestrator.ApiHost.Tests.Client;

/// <summary>An orchestrator that a client can be asked of: a server, or one inside this program. It can be stopped, and started on what it kept.</summary>
public abstract class ClientHost : IAsyncDisposable
{
    public abstract IOrchestratorClient Client { get; }

    public static ClientHost Of(string kind) => kind == "embedded" ? new EmbeddedHost() : new ServerHost();

    public abstract Task StartAsync();

    public abstract Task StopAsync();

    public abstract ValueTask DisposeAsync();

    private sealed class EmbeddedHost : ClientHost
    {
        private readonly DirectoryInfo place = Directory.CreateTempSubdirectory("orc-embedded-");
        private IHost? host;

        public override IOrchestratorClient Client => host!.Services.GetRequiredService<IOrchestratorClient>();

        public override async Task StartAsync()
        {
            var builder = Host.CreateEmptyApplicationBuilder(null);
            builder.Services.AddSingleton<Greeting>();
            builder.Services.AddEmbeddedOrchestrator(options =>
            {
                options.Folder = Path.Combine(place.FullName, "data");
                options.Agent("greeter", agent => agent
                    .Does(Actions.Greet, (name, call, _) => Task.FromResult(new Greeted(call.Services.GetRequiredService<Greeting>().Word + " " + name.Name, call.Attempt)))
                    .Does(Actions.Refuse, (name, _, _) => throw new AgentFailedException("name.unknown", $"Nobody knows {name.Name}.")));
            });
            host = builder.Build();
            await host.StartAsync();
        }

        public override async Task StopAsync()
        {
            await host!.StopAsync();
            host.Dispose();
            host = null;
        }

        public override async ValueTask DisposeAsync()
        {
            if (host is not null)
            {
                await StopAsync();
            }

            place.Delete(recursive: true);
        }
    }

    private sealed class ServerHost : ClientHost
    {
        private readonly Server server = new();
        private HttpConnection? connection;

        public override IOrchestratorClient Client => new OrchestratorClient(connection!, Connections.Patient);

        public override async Task StartAsync()
        {
            await server.StartAsync();
            connection = Connections.To(server);
        }

        public override async Task StopAsync()
        {
            connection!.Dispose();
            connection = null;
            await server.StopAsync();
        }

        public override async ValueTask DisposeAsync()
        {
            if (connection is null)
            {
                await server.StartAsync();
            }

            connection?.Dispose();
            await server.DisposeAsync();
        }

        private sealed class Server : SiloServer
        {
            protected override void Compose(WebApplicationBuilder builder)
            {
                builder.Services.AddSingleton(new GivenAgent("greeter", ["greet", "refuse"]));
                builder.Services.AddSingleton(new Adapters.Agents.InProcess.NamedAgent("greeter", new Greeter()));
            }
        }

        private sealed class Greeter : IAgent
        {
            public ValueTask<AgentAnswer> HandleAsync(AgentRequest request, CancellationToken cancellationToken)
            {
                var name = request.Input.As<Named>(ClientJson.Options)!.Name;
                return new(request.Action == "greet"
                    ? AgentAnswer.Ok(Payload.From(new Greeted("Hello " + name, request.Attempt), ClientJson.Options))
                    : AgentAnswer.Fail("name.unknown", $"Nobody knows {name}."));
            }
        }
    }
}

internal static class Connections
{
    /// <summary>Comes back at once, so that a test does not wait.</summary>
    public static ReconnectPolicy Patient { get; } = new(6, TimeProvider.System, () => 0);

    public static HttpConnection To(SiloServer server, Func<HttpMessageHandler, HttpMessageHandler>? through = null)
    {
        var handler = server.Server.CreateHandler();
        return new(new OrchestratorClientOptions { Server = server.Server.BaseAddress }, Patient, TimeProvider.System, through?.Invoke(handler) ?? handler);
    }
}

internal static class Actions
{
    public static AgentAction<Named, Greeted> Greet { get; } = new("greeter", "greet");

    public static AgentAction<Named, Greeted> Refuse { get; } = new("greeter", "refuse");
}

internal sealed class Greeting
{
    public string Word => "Hello";
}

internal sealed record Named(string Name);

internal sealed record Greeted(string Text, int Attempt);
