using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.ApiHost.Tests.Client;
using Orchestrator.Client;
using Orchestrator.Client.Connections;

namespace Orchestrator.ApiHost.Tests.Access;

public sealed class When_programs_show_keys(KeyedServer keyed) : IClassFixture<KeyedServer>
{
    private readonly TestServer server = (TestServer)keyed.Server.Services.GetRequiredService<IServer>();

    [Fact]
    public async Task the_client_shows_the_one_it_was_given()
    {
        using var known = To(KeyedServer.Vera);
        (await known.FindAsync("nobodys", TimeSpan.Zero, CancellationToken.None)).ShouldBeNull();

        using var unknown = To(null);
        (await Should.ThrowAsync<OrchestratorException>(() => unknown.FindAsync("nobodys", TimeSpan.Zero, CancellationToken.None))).Code.ShouldBe("access.key_needed");
        (await Should.ThrowAsync<OrchestratorException>(() => known.CommandAsync("nobodys", new WorkflowCommand.Cancel(null), CancellationToken.None))).Code.ShouldBe("access.denied");
    }

    [Fact]
    public async Task over_a_socket_a_viewer_may_follow_and_say_nothing()
    {
        using var socket = await ConnectAsync(KeyedServer.Vera);
        CodeOf(await AskAsync(socket, """{"type": "publish", "id": "1", "topic": "t", "events": []}""")).ShouldBe("access.denied");
        CodeOf(await AskAsync(socket, """{"type": "agent:learning", "id": "2", "learnerId": "ana"}""")).ShouldBe("access.denied");
        (await AskAsync(socket, """{"type": "ping", "id": "3"}""")).GetProperty("ok").GetBoolean().ShouldBeTrue();

        using var operators = await ConnectAsync(KeyedServer.Otto);
        CodeOf(await AskAsync(operators, """{"type": "publish", "id": "1", "topic": "t"}""")).ShouldBe("request.invalid");
    }

    [Fact]
    public async Task a_socket_without_one_is_not_opened() => await Should.ThrowAsync<InvalidOperationException>(() => ConnectAsync(null));

    private HttpConnection To(string? key) =>
        new(new OrchestratorClientOptions { Server = server.BaseAddress, ApiKey = key }, Connections.Patient, TimeProvider.System, server.CreateHandler());

    private static string? CodeOf(JsonElement answer) => answer.GetProperty("error").GetProperty("code").GetString();

    private Task<WebSocket> ConnectAsync(string? key)
    {
        var client = server.CreateWebSocketClient();
        client.ConfigureRequest = request => request.Headers["X-Api-Key"] = key;
        return client.ConnectAsync(new Uri("ws://localhost/ws"), CancellationToken.None);
    }

    private static async Task<JsonElement> AskAsync(WebSocket socket, string text)
    {
        await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        var answer = new byte[8_192];
        var received = await socket.ReceiveAsync(answer, CancellationToken.None);
        return JsonDocument.Parse(answer.AsMemory(0, received.Count)).RootElement;
    }
}
