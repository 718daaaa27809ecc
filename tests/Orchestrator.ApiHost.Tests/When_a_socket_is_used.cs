using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Orchestrator.ApiHost.Tests;

[Collection(SiloServer.Collection)]
public sealed class When_a_socket_is_used(SiloServer silo)
{
    [Fact]
    public async Task what_one_publishes_the_other_hears_and_goes_on_where_it_was()
    {
        using var one = await ConnectAsync();
        using var other = await ConnectAsync();
        await SendAsync(other, """{"type": "subscribe", "id": "s1", "topics": ["ws.talk"], "types": ["said"]}""");
        (await ReceiveAsync(other)).GetProperty("subscription").GetString().ShouldBe("s1");
        (await ReceiveAsync(other)).GetProperty("type").GetString().ShouldBe("position");

        await SendAsync(one, $$"""{"type": "publish", "id": "p1", "topic": "ws.talk", "events": [{{Event("a")}}, {{Event("b", "not wanted")}}, {{Event("c")}}]}""");
        var ack = await ReceiveAsync(one);
        (ack.GetProperty("id").GetString(), ack.GetProperty("ok").GetBoolean()).ShouldBe(("p1", true));
        ack.GetProperty("data").GetProperty("lastNumber").GetInt64().ShouldBe(3);

        var first = await ReceiveAsync(other);
        first.GetProperty("event").GetProperty("id").GetString().ShouldBe("a");
        (first.GetProperty("type").GetString(), first.GetProperty("subscription").GetString()).ShouldBe(("event", "s1"));
        (await ReceiveAsync(other)).GetProperty("event").GetProperty("id").GetString().ShouldBe("c");

        // Elsewhere, later: on from the first one's place, and no event twice.
        using var back = await ConnectAsync();
        await SendAsync(back, $$"""{"type": "resume", "id": "s2", "topics": "ws.talk", "types": ["said"], "position": "{{first.GetProperty("position").GetString()}}"}""");
        (await ReceiveAsync(back)).GetProperty("ok").GetBoolean().ShouldBeTrue();
        (await ReceiveAsync(back)).GetProperty("event").GetProperty("id").GetString().ShouldBe("c");
        await SendAsync(back, """{"type": "unsubscribe", "id": "u", "subscription": "s2"}""");
        (await ReceiveAsync(back)).GetProperty("id").GetString().ShouldBe("u");
        await back.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
    }

    [Fact]
    public async Task a_learners_messages_are_answered_in_the_learners_session_and_a_tutor_is_asked_for()
    {
        using var socket = await ConnectAsync();
        JsonElement ack = default;
        foreach (var number in (int[])[1, 2, 3])
        {
            await SendAsync(socket, Answer(number));
            ack = await ReceiveAsync(socket, "ack");
            (ack.GetProperty("id").GetString(), ack.GetProperty("ok").GetBoolean()).ShouldBe(($"r-{number}", true), ack.ToString());
            ack.GetProperty("response").GetProperty("response").GetProperty("correct").GetBoolean().ShouldBeFalse();
            (await ReceiveAsync(socket, "content:adapted")).GetProperty("re").GetString().ShouldBe($"r-{number}");
            if (ack.GetProperty("response").GetProperty("response").GetProperty("requiresTutorIntervention").GetBoolean())
            {
                number.ShouldBe(3, "The session remembers the two before.");
            }
        }

        // The same message again, after a lost connection: the same message of the session, the same answer.
        using var again = await ConnectAsync();
        await SendAsync(again, Answer(3));
        var second = await ReceiveAsync(again, "ack");
        second.GetProperty("workflow").GetString().ShouldBe(ack.GetProperty("workflow").GetString());
        var wanted = await ReceiveAsync(again, "tutor:intervention:required");
        wanted.GetProperty("re").GetString().ShouldBe("r-3");
        wanted.GetProperty("data").GetProperty("reason").GetString()!.ShouldStartWith("3 wrong answers in a row");
        wanted.GetProperty("data").GetProperty("context").GetProperty("correct").GetBoolean().ShouldBeFalse();
        var session = await (await silo.Client.GetAsync("/api/v1/sessions/" + ack.GetProperty("session").GetString())).JsonAsync();
        session.GetProperty("turns").GetArrayLength().ShouldBe(3);

        // And whoever follows the topic hears of it too, kept with the step's outcome.
        await SendAsync(again, """{"type": "subscribe", "id": "s", "topics": ["agents"], "types": ["tutor:intervention:required"], "position": "first"}""");
        JsonElement told;
        do
        {
            told = await ReceiveAsync(again, "event");
        }
        while (!told.GetProperty("event").GetProperty("subject").GetString()!.StartsWith("learning-agent-ana-", StringComparison.Ordinal));

        static string Answer(int number) => $$"""
            {"type": "agent:learning", "id": "r-{{number}}", "learnerId": "ana", "action": "process_interaction", "data": {"activityId": "math-7-equations-1", "response": {"answer": "not so"} } }
            """;
    }

    [Fact]
    public async Task the_learners_agent_of_the_product_answers()
    {
        using var socket = await ConnectAsync();
        await SendAsync(socket, """{"type": "agent:learning", "id": "begin", "learnerId": "bo", "action": "initialize_session", "data": {"subject": "mathematics", "gradeLevel": 7}}""");

        var ack = await ReceiveAsync(socket);

        ack.GetProperty("ok").GetBoolean().ShouldBeTrue(ack.ToString());
        ack.GetProperty("response").GetProperty("sessionReady").GetBoolean().ShouldBeTrue();
    }

    [Theory]
    [InlineData("""{"type": "subscribe", "id": "x", "topics": ["Upper"]}""", "request.invalid")]
    [InlineData("""{"type": "resume", "id": "x", "topics": ["a"]}""", "request.invalid")]
    [InlineData("""{"type": "unsubscribe", "id": "x", "subscription": "y"}""", "request.invalid")]
    [InlineData("""{"type": "publish", "id": "x", "topic": "a"}""", "request.invalid")]
    [InlineData("""{"type": "publish", "id": "x", "topic": "A"}""", "request.invalid")]
    [InlineData("""{"type": "agent:learning", "id": "x", "learnerId": "a b", "action": "y"}""", "request.invalid")]
    [InlineData("""{"type": "agent:learning", "id": "x", "learnerId": "a", "agent": "echo", "action": "y"}""", "request.invalid")]
    [InlineData("""{"type": "dance", "id": "x"}""", "request.invalid")]
    [InlineData("""{"type": "publish"}""", "request.invalid")]
    public async Task what_cannot_be_done_is_answered_and_the_socket_stays_open(string message, string code)
    {
        using var socket = await ConnectAsync();
        await SendAsync(socket, message);
        var refused = await ReceiveAsync(socket);
        refused.GetProperty("ok").GetBoolean().ShouldBeFalse();
        refused.GetProperty("error").GetProperty("code").GetString().ShouldBe(code);

        await SendAsync(socket, """{"type": "ping", "id": "p"}""");
        (await ReceiveAsync(socket)).GetProperty("id").GetString().ShouldBe("p");
    }

    [Fact]
    public async Task a_socket_has_so_much_open_and_no_more()
    {
        using var socket = await ConnectAsync();
        var refused = 0;
        for (var number = 0; number < 18; number++)
        {
            await SendAsync(socket, $$"""{"type": "subscribe", "id": "s{{number}}", "topics": ["quiet"], "position": "first"}""");
            refused += (await ReceiveAsync(socket)).GetProperty("ok").GetBoolean() ? 0 : 1;
        }

        refused.ShouldBe(2);
    }

    [Theory]
    [InlineData("this is no JSON", WebSocketCloseStatus.InvalidPayloadData)]
    [InlineData("[1]", WebSocketCloseStatus.InvalidPayloadData)]
    public async Task what_is_no_message_closes_the_socket_with_a_reason(string text, WebSocketCloseStatus status)
    {
        using var socket = await ConnectAsync();
        await SendAsync(socket, text);
        await ShouldCloseAsync(socket, status);
    }

    [Fact]
    public async Task a_message_that_is_too_large_closes_the_socket_with_a_reason()
    {
        using var socket = await ConnectAsync();
        await SendAsync(socket, $$"""{"type": "ping", "id": "{{new string('x', 300_000)}}"}""");
        await ShouldCloseAsync(socket, WebSocketCloseStatus.MessageTooBig);
    }

    [Fact]
    public async Task pages_from_elsewhere_and_plain_requests_are_refused()
    {
        await (await silo.Client.GetAsync("/ws")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.invalid");
        var request = new HttpRequestMessage(HttpMethod.Get, "/ws");
        request.Headers.TryAddWithoutValidation("Origin", "https://elsewhere.example");
        await (await silo.Client.SendAsync(request)).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "origin.refused");
        var page = silo.Server.CreateWebSocketClient();
        page.ConfigureRequest = upgrade => upgrade.Headers.Origin = "https://elsewhere.example";
        await Should.ThrowAsync<InvalidOperationException>(() => page.ConnectAsync(new Uri("ws://localhost/ws"), CancellationToken.None));
    }

    private static string Event(string id, string type = "said") => $$"""{"specversion": "1.0", "id": "{{id}}", "source": "/tests", "type": "{{type}}"}""";

    private Task<WebSocket> ConnectAsync() => silo.Server.CreateWebSocketClient().ConnectAsync(new Uri("ws://localhost/ws"), CancellationToken.None);

    private static Task SendAsync(WebSocket socket, string text) => socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

    private static async Task<JsonElement> ReceiveAsync(WebSocket socket)
    {
        var (result, text) = await NextAsync(socket);
        result.MessageType.ShouldBe(WebSocketMessageType.Text, $"{socket.CloseStatus}: {socket.CloseStatusDescription}");
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>The next message of this type; others that come before it are passed over.</summary>
    private static async Task<JsonElement> ReceiveAsync(WebSocket socket, string type)
    {
        while (true)
        {
            if (await ReceiveAsync(socket) is var message && message.GetProperty("type").GetString() == type)
            {
                return message;
            }
        }
    }

    private static async Task ShouldCloseAsync(WebSocket socket, WebSocketCloseStatus status)
    {
        var (result, _) = await NextAsync(socket);
        result.MessageType.ShouldBe(WebSocketMessageType.Close);
        socket.CloseStatus.ShouldBe(status);
        socket.CloseStatusDescription.ShouldNotBeNullOrEmpty();
    }

    private static async Task<(ValueWebSocketReceiveResult Result, string Text)> NextAsync(WebSocket socket)
    {
        var buffer = new byte[65_536];
        var length = 0;
        ValueWebSocketReceiveResult result;
        do
        {
            result = await socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
            length += result.Count;
        }
        while (!result.EndOfMessage);

        return (result, Encoding.UTF8.GetString(buffer, 0, length));
    }
}
