using System.Globalization;
using System.Net;

namespace Orchestrator.ApiHost.Tests.Limits;

public sealed class When_one_caller_starts_much
{
    private const string Wrong = """{"no": "such member"}""";

    [Theory]
    [InlineData("/api/v1/workflows"), InlineData("/orchestrate")]
    public async Task its_rate_holds_is_told_and_is_nobody_else_s(string path)
    {
        var clock = new StandingClock();
        await using var server = await ApiServer.StartAsync(clock, ("Api:StartsPerSecond", "2"), ("Api:StartsBurst", "4"), ("Api:StartsKeyHeader", "X-Tenant"));

        // What is counted is the asking: a request that is refused for what it says has been one too.
        for (var left = 3; left >= 0; left--)
        {
            var taken = await server.Client.PostJsonAsync(path, Wrong, ("X-Tenant", "hot"));
            taken.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            taken.Headers.GetValues("RateLimit-Policy").ShouldBe(["\"starts\";q=4;w=2"]);
            taken.Headers.GetValues("RateLimit").ShouldBe([string.Create(CultureInfo.InvariantCulture, $"\"starts\";r={left};t={Math.Ceiling((4 - left) / 2d)}")]);
        }

        var refused = await server.Client.PostJsonAsync(path, Wrong, ("X-Tenant", "hot"));
        await refused.ShouldBeProblemAsync(HttpStatusCode.TooManyRequests, "request.too_often");
        refused.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        refused.Headers.GetValues("RateLimit").ShouldBe(["\"starts\";r=0;t=2"]);
        (await server.Client.PostJsonAsync(path, Wrong, ("X-Tenant", "quiet"))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await server.Client.PostJsonAsync(path, Wrong)).StatusCode.ShouldBe(HttpStatusCode.BadRequest, "an address is a key of its own");
        (await server.Client.GetAsync("/health/live")).StatusCode.ShouldBe(HttpStatusCode.OK);

        clock.Now += TimeSpan.FromMilliseconds(500);
        (await server.Client.PostJsonAsync(path, Wrong, ("X-Tenant", "hot"))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await server.Client.PostJsonAsync(path, Wrong, ("X-Tenant", "hot"))).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task nothing_is_counted_where_no_rate_is_set()
    {
        await using var server = await ApiServer.StartAsync();
        var answer = await server.Client.PostJsonAsync("/api/v1/workflows", Wrong);
        (answer.StatusCode, answer.Headers.Contains("RateLimit")).ShouldBe((HttpStatusCode.BadRequest, false));
    }

    /// <summary>It says the same until the test moves it; its timers are real, and none of them is what this is about.</summary>
    private sealed class StandingClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
