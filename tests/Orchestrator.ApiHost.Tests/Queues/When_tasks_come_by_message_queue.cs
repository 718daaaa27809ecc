using System.Diagnostics.Metrics;
using System.Net;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using Orchestrator.Testing.RabbitMq;

namespace Orchestrator.ApiHost.Tests.Queues;

public sealed class When_tasks_come_by_message_queue
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [RabbitMqFact] // S2-36
    public async Task a_task_is_kept_then_acknowledged_and_its_end_is_told()
    {
        var broker = await TestRabbitMq.AddressAsync();
        await using var user = await QueueUser.ConnectAsync(broker);
        await using var served = await Served.StartAsync(broker, user);
        var server = served.Server;
        var heard = await user.BindAsync(server.ResultExchange);

        await user.SendAsync(server.TaskQueue, """{"pattern": "generate_assessment", "payload": {"text": "Plants make sugar from light. Roots take up water. Leaves take in carbon dioxide and give off oxygen."}, "priority": 5, "metadata": {"source": "web_app"} }""", "order-1");
        var result = await user.ReadAsync(heard).FirstAsync();

        var told = JsonDocument.Parse(result.Body).RootElement;
        var id = told.GetProperty("subject").GetString()!;
        (result.RoutingKey, result.BasicProperties.ContentType, result.BasicProperties.Persistent).ShouldBe(("workflow.completed", "application/cloudevents+json", true));
        (told.GetProperty("specversion").GetString(), told.GetProperty("type").GetString(), told.GetProperty("source").GetString()).ShouldBe(("1.0", "workflow.completed", $"/api/v1/workflows/{id}"));
        result.BasicProperties.MessageId.ShouldBe($"{told.GetProperty("source").GetString()}/{told.GetProperty("id").GetString()}");
        told.GetProperty("data").GetProperty("output").ValueKind.ShouldBe(JsonValueKind.Object);
        var workflow = await server.Client.EndAsync(id);
        (workflow.GetProperty("priority").GetInt32(), workflow.GetProperty("tags").GetProperty("source").GetString()).ShouldBe((5, "web_app"));

        // Stopped in good order it leaves nothing unsettled, or the broker would have it back.
        await server.StopAsync();
        (await user.CountAsync(server.TaskQueue), await user.CountAsync(server.DeadLetterQueue)).ShouldBe((0u, 0u));
        await server.StartAsync();
    }

    [RabbitMqFact]
    public async Task what_cannot_be_taken_on_is_put_aside_with_the_reason()
    {
        var broker = await TestRabbitMq.AddressAsync();
        await using var user = await QueueUser.ConnectAsync(broker);
        await using var served = await Served.StartAsync(broker, user);
        var server = served.Server;
        (string Id, string Body, string Code)[] wrong =
        [
            ("unreadable", """{"pattern": """, "request.malformed"),
            ("unknown", """{"pattern": "no_such_pattern"}""", "pattern.unknown"),
            ("in-words", """{"content": "Make me a quiz"}""", "request.invalid"),
            ("odd-priority", """{"pattern": "generate_assessment", "priority": 9}""", "request.invalid"),
            ("kéy", """{"pattern": "generate_assessment"}""", "idempotency.key_invalid"),
        ];
        foreach (var (id, body, _) in wrong)
        {
            // What would have it vanish, or be refused, or go elsewhere, must not come along.
            await user.SendAsync(server.TaskQueue, body, id, properties =>
            {
                properties.UserId = broker.User;
                properties.Expiration = "60000";
                properties.Headers = new Dictionary<string, object?> { ["CC"] = new List<object> { server.DeadLetterQueue + ".elsewhere" }, ["team"] = "docs" };
            });
        }

        var dead = await user.ReadAsync(server.DeadLetterQueue).Take(wrong.Length).ToListAsync();

        dead.Select(one => (one.BasicProperties.MessageId!, Encoding.UTF8.GetString(one.Body.Span), Header(one, "x-orchestrator-code"))).ShouldBe(wrong, ignoreOrder: true);
        dead.ShouldAllBe(one => Header(one, "x-orchestrator-reason").Length > 0 && Header(one, "team") == "docs" && one.BasicProperties.Persistent);
        dead.ShouldAllBe(one => !one.BasicProperties.IsExpirationPresent() && !one.BasicProperties.IsUserIdPresent() && !one.BasicProperties.Headers!.ContainsKey("CC"));
        await server.StopAsync();
        (await user.CountAsync(server.TaskQueue)).ShouldBe(0u);
        await server.StartAsync();
    }

    [RabbitMqFact]
    public async Task what_may_be_taken_on_later_goes_back_until_it_is()
    {
        var broker = await TestRabbitMq.AddressAsync();
        await using var user = await QueueUser.ConnectAsync(broker);
        await using var served = await Served.StartAsync(broker, user);
        var server = served.Server;
        var heard = await user.BindAsync(server.ResultExchange);
        (await server.Client.PostJsonAsync("/api/v1/routes", """{"pattern": "queue_later", "targetAgent": "queue_later_agent", "enabled": true}""")).StatusCode.ShouldBe(HttpStatusCode.Created);
        using var refusals = new Refusals("agent.unavailable");

        await user.SendAsync(server.TaskQueue, """{"pattern": "queue_later"}""", "later-1");
        await refusals.SeveralAsync(3).WaitAsync(Patience);
        (await server.Client.PostJsonAsync("/api/v1/agents", """{"name": "queue_later_agent", "kind": "http", "instances": [{"endpoint": "http://127.0.0.1:9/run"}]}""")).StatusCode.ShouldBe(HttpStatusCode.Created);

        var accepted = await AcceptedAsync(server.Client, 1);
        await server.Client.PostAsync($"/api/v1/workflows/{accepted.Single()}/cancel", null);
        (await user.ReadAsync(heard).FirstAsync()).RoutingKey.ShouldBe("workflow.cancelled");
        await server.StopAsync();
        (await user.CountAsync(server.TaskQueue), await user.CountAsync(server.DeadLetterQueue)).ShouldBe((0u, 0u));
        await server.StartAsync();
    }

    [RabbitMqFact(Crashes = true)]
    public async Task the_broker_dies_in_the_middle_and_none_is_lost_or_accepted_twice_and_every_end_is_told()
    {
        const int Tasks = 2_000;
        const int Before = 60;
        var broker = await TestRabbitMq.OwnAsync();
        await using var served = await Served.OfAsync(broker.Address);
        var server = served.Server;
        string heard;
        await using (var user = await QueueUser.ConnectAsync(broker.Address))
        {
            await user.DeclareAsync(server.TaskQueue);
            await user.DeclareAsync(server.DeadLetterQueue);
            heard = await user.BindAsync(server.ResultExchange);
            await Task.WhenAll(Enumerable.Range(0, Tasks).Select(number => user.SendAsync(server.TaskQueue, Numbered(number), $"task-{number}")));
        }

        await served.StartAsync();
        await AcceptedAsync(server.Client, Before);
        await broker.CrashAsync();
        var soFar = await CountAsync(server.Client);
        soFar.ShouldBeInRange(Before, Tasks - 1, "The broker was to die in the middle.");
        await broker.StartAgainAsync();

        await using var listener = await QueueUser.ConnectAsync(broker.Address);

        // A producer that does not know whether its message arrived sends it again.
        await listener.SendAsync(server.TaskQueue, Numbered(0), "task-0");
        await listener.SendAsync(server.TaskQueue, Numbered(Tasks - 1), $"task-{Tasks - 1}");
        var ends = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var result in listener.ReadAsync(heard))
        {
            result.RoutingKey.ShouldBe("workflow.completed");
            if (ends.Add(result.BasicProperties.MessageId!) && ends.Count == Tasks)
            {
                break;
            }
        }

        await server.StopAsync();
        (await listener.CountAsync(server.TaskQueue), await listener.CountAsync(server.DeadLetterQueue)).ShouldBe((0u, 0u));
        await server.StartAsync();
        (await CountAsync(server.Client)).ShouldBe(Tasks);
    }

    private static string Numbered(int number) => FormattableString.Invariant($$"""{"pattern": "create_mindmap", "payload": {"text": "Roots take up water."}, "metadata": {"number": {{number}}} }""");

    private static string Header(RabbitMQ.Client.Events.BasicDeliverEventArgs message, string name) =>
        message.BasicProperties.Headers?[name] is byte[] bytes ? Encoding.UTF8.GetString(bytes) : "";

    /// <summary>Waits until so many workflows were accepted, and gives their ids.</summary>
    private static async Task<List<string>> AcceptedAsync(HttpClient client, int count)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/topics/workflows/events");
        request.Headers.TryAddWithoutValidation("Accept", "text/event-stream");
        request.Headers.TryAddWithoutValidation("Last-Event-ID", "0");
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var ids = new List<string>();
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        await foreach (var happened in SseParser.Create(await response.Content.ReadAsStreamAsync(patience.Token)).EnumerateAsync(patience.Token))
        {
            if (happened.EventType == "workflow.accepted")
            {
                ids.Add(JsonDocument.Parse(happened.Data).RootElement.GetProperty("event").GetProperty("subject").GetString()!);
                if (ids.Count == count)
                {
                    break;
                }
            }
        }

        return ids;
    }

    /// <summary>How many workflows there are. Each task is to be one.</summary>
    private static async Task<int> CountAsync(HttpClient client)
    {
        var numbers = new List<string>();
        string? cursor = null;
        do
        {
            var page = await (await client.GetAsync("/api/v1/workflows?limit=200" + (cursor is null ? "" : "&cursor=" + Uri.EscapeDataString(cursor)))).JsonAsync();
            numbers.AddRange(page.GetProperty("items").EnumerateArray().Select(workflow => workflow.GetProperty("tags").GetProperty("number").GetString()!));
            cursor = page.TryGetProperty("nextCursor", out var next) ? next.GetString() : null;
        }
        while (cursor is not null);
        numbers.ShouldBeUnique();
        return numbers.Count;
    }

    /// <summary>Ends its server, where it was started.</summary>
    private sealed class Served(QueueServer server) : IAsyncDisposable
    {
        private bool started;

        public QueueServer Server => server;

        public static async Task<Served> OfAsync(BrokerAddress broker) => new(await QueueServer.OfAsync(broker));

        /// <summary>The queues are made by whoever comes first; here it is the user, who does not wait for the server's connection.</summary>
        public static async Task<Served> StartAsync(BrokerAddress broker, QueueUser user)
        {
            var served = await OfAsync(broker);
            await user.DeclareAsync(served.Server.TaskQueue);
            await user.DeclareAsync(served.Server.DeadLetterQueue);
            await served.StartAsync();
            return served;
        }

        public async Task StartAsync()
        {
            await server.InitializeAsync();
            started = true;
        }

        public async ValueTask DisposeAsync()
        {
            if (started)
            {
                await server.DisposeAsync();
            }
        }
    }

    /// <summary>Hears that tasks were refused with this code.</summary>
    private sealed class Refusals : IDisposable
    {
        private readonly MeterListener listener = new();
        private readonly TaskCompletionSource enough = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int heard;
        private int wanted = int.MaxValue;

        public Refusals(string code)
        {
            listener.InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == "orchestrator_requests_total")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            };
            listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
            {
                foreach (var tag in tags)
                {
                    if (tag is { Key: "outcome", Value: string outcome } && outcome == code && Interlocked.Increment(ref heard) >= Volatile.Read(ref wanted))
                    {
                        enough.TrySetResult();
                    }
                }
            });
            listener.Start();
        }

        public Task SeveralAsync(int count)
        {
            Volatile.Write(ref wanted, count);
            return enough.Task;
        }

        public void Dispose() => listener.Dispose();
    }
}
