using System.Net;
using System.Net.Http.Headers;
using Orchestrator.Client;
using Orchestrator.Client.Connections;
using Orchestrator.Client.Plans;

namespace Orchestrator.ApiHost.Tests.Client;

/// <summary>Requests and answers get lost between the client and a real server; nothing is done twice, and nothing is missed.</summary>
[Collection(SiloServer.Collection)]
public sealed class When_the_way_to_the_server_breaks(SiloServer server)
{
    private static readonly AgentAction<Named, Named> Echo = new("echo", "echo");

    private static readonly PlanDefinition<Named, Named> Chain = PlanDefinition.Of<Named, Named>("chain", plan =>
    {
        var first = plan.Step("first", Echo, () => new Named(plan.Input.Name));
        var second = plan.Step("second", Echo, () => new Named(first.Output.Name));
        return () => second.Output;
    });

    [Fact]
    public async Task a_start_whose_answer_is_lost_is_one_start()
    {
        var way = new Way();
        using var connection = Connections.To(server, way.To);
        way.LoseAnswers(2);
        var workflow = await new OrchestratorClient(connection, Connections.Patient).StartAsync(Chain, new Named("Ada"), new StartOptions { Tags = new Dictionary<string, string> { ["lost"] = "answers" } });
        way.Keys.Distinct().ShouldHaveSingleItem();
        way.Sent.ShouldBe(3);
        var found = (await (await server.Client.GetAsync("/api/v1/workflows?tag=lost:answers")).JsonAsync()).GetProperty("items");
        found.GetArrayLength().ShouldBe(1);
        found[0].Id().ShouldBe(workflow.Id);
    }

    [Fact]
    public async Task events_go_on_where_the_stream_was_cut()
    {
        var way = new Way();
        using var connection = Connections.To(server, way.To);
        var workflow = await new OrchestratorClient(connection, Connections.Patient).StartAsync(Chain, new Named("Ada"));
        await workflow.ResultAsync();
        way.CutStreamsAfter = 1_000;
        var numbers = await workflow.WatchAsync().Select(happened => happened.Number).ToListAsync();
        numbers.ShouldBe(Enumerable.Range(1, numbers.Count).Select(number => (long)number));
        ((long)numbers.Count).ShouldBe((await workflow.GetAsync()).Version);
        way.Cut.ShouldBePositive();
    }

    [Fact]
    public async Task a_server_that_asks_for_time_gets_it_within_reason()
    {
        var way = new Way();
        using var connection = Connections.To(server, way.To);
        way.Refuse(HttpStatusCode.ServiceUnavailable, TimeSpan.Zero, times: 2);
        (await connection.FindAsync("0123456789abcdef0123456789abcdef", TimeSpan.Zero, CancellationToken.None)).ShouldBeNull();
        way.Sent.ShouldBe(3);

        way.Refuse(HttpStatusCode.ServiceUnavailable, TimeSpan.FromHours(1), times: 1);
        (await Should.ThrowAsync<OrchestratorException>(() => connection.FindAsync("0123456789abcdef0123456789abcdef", TimeSpan.Zero, CancellationToken.None))).Code.ShouldBe("http.503");
        way.Sent.ShouldBe(4);
    }

    [Fact]
    public async Task a_server_that_never_answers_is_given_up_and_one_that_refuses_is_not_asked_again()
    {
        var way = new Way();
        using var connection = Connections.To(server, way.To);
        way.LoseAnswers(int.MaxValue);
        var away = await Should.ThrowAsync<OrchestratorException>(() => connection.ExplainAsync("0123456789abcdef0123456789abcdef", CancellationToken.None));
        (away.Code, away.Retryable, way.Sent).ShouldBe((OrchestratorException.Unreachable, true, Connections.Patient.AttemptsMax));

        way.LoseAnswers(0);
        (await Should.ThrowAsync<OrchestratorException>(() => connection.ExplainAsync("0123456789abcdef0123456789abcdef", CancellationToken.None))).Code.ShouldBe("workflow.not_found");
        way.Sent.ShouldBe(Connections.Patient.AttemptsMax + 1);
    }

    /// <summary>What lies between: it loses answers, cuts streams, and answers in the server's place.</summary>
    private sealed class Way
    {
        private int losing;
        private (HttpStatusCode Status, TimeSpan After, int Times) refusing;

        public int Sent { get; private set; }

        public int Cut { get; private set; }

        public List<string> Keys { get; } = [];

        /// <summary>In bytes; 0 for never.</summary>
        public int CutStreamsAfter { get; set; }

        public void LoseAnswers(int times) => losing = times;

        public void Refuse(HttpStatusCode status, TimeSpan after, int times) => refusing = (status, after, times);

        public HttpMessageHandler To(HttpMessageHandler inner) => new Handler(this) { InnerHandler = inner };

        private sealed class Handler(Way way) : DelegatingHandler
        {
            protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            {
                way.Sent++;
                if (request.Headers.TryGetValues("Idempotency-Key", out var keys))
                {
                    way.Keys.AddRange(keys);
                }

                if (way.refusing.Times > 0)
                {
                    way.refusing.Times--;
                    return new(way.refusing.Status) { Headers = { RetryAfter = new RetryConditionHeaderValue(way.refusing.After) }, Content = new StringContent("away") };
                }

                var response = await base.SendAsync(request, cancellationToken);
                if (way.losing > 0)
                {
                    way.losing--;
                    response.Dispose();
                    throw new HttpRequestException("The connection was reset.");
                }

                if (way.CutStreamsAfter > 0 && response.Content.Headers.ContentType?.MediaType == "text/event-stream")
                {
                    // Each time a little further, in the middle of whatever is being sent.
                    var whole = await response.Content.ReadAsByteArrayAsync(cancellationToken);
                    if (whole.Length > way.CutStreamsAfter)
                    {
                        way.Cut++;
                        response.Content = new StreamContent(new Torn(whole.AsMemory(0, way.CutStreamsAfter)));
                        response.Content.Headers.ContentType = new("text/event-stream");
                        way.CutStreamsAfter += 400;
                    }
                }

                return response;
            }
        }

        /// <summary>A stream that breaks at its end.</summary>
        private sealed class Torn(ReadOnlyMemory<byte> part) : MemoryStream(part.ToArray())
        {
            public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
                await base.ReadAsync(buffer, cancellationToken) is var read && read > 0 ? read : throw new IOException("The connection was reset.");
        }
    }
}
