using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Orchestrator.ApiHost.Documents;
using Orchestrator.ApiHost.Paging;
using Orchestrator.ApiHost.Requests;
using Orchestrator.Decisions.Analytics;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Grains;
using Orchestrator.Grains.Topics;
using Orchestrator.Vocabulary.Payloads;

namespace Orchestrator.ApiHost.Analytics;

/// <summary><c>GET /api/v1/insights</c>: what agents have noticed (S3-34), from the topic on which they say it.</summary>
internal static class InsightAnalytics
{
    private const int EventsPerRead = 500;

    public static void MapInsights(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/insights", ListAsync)
            .WithName("listInsights")
            .WithSummary("List what agents have noticed, newest first")
            .WithDescription("Events `agent:insight` of the topic `agents`, for as long as the topic keeps them. `agent` selects an agent, and with it the keyed agents of its name "
                + "(`learning-agent` and `learning-agent-ana-1767225600000`); `learner` the agents of one learner, and insights that name the learner; `type` a kind of insight. All that are given must hold. "
                + "Of each page at most `Api:InsightEventsMax` events of the topic are looked at.")
            .Produces<Page<InsightResponse>>()
            .Fails("cursor.invalid");

    private static async Task<IResult> ListAsync(
        [AsParameters] PageQuery page,
        IGrainFactory grains,
        IOptions<ApiOptions> options,
        [FromQuery(Name = "agent")] string? agent,
        [FromQuery(Name = "learner")] string? learner,
        [FromQuery(Name = "type")] string? type,
        CancellationToken cancellationToken)
    {
        var filter = new InsightFilter(agent, learner, type);
        return await page.AnswerAsync(
            string.Join('\n', "insights", agent, learner, type),
            "insights with these filters",
            (before, count) => ReadAsync(grains.TopicReader(WorkflowNews.Agents), filter, before, count, options.Value.InsightEventsMax, cancellationToken),
            insight => insight.Number.ToString(CultureInfo.InvariantCulture),
            InsightResponse.Of);
    }

    /// <summary>From the newest backwards, a piece of the topic at a time.</summary>
    private static async Task<ImmutableArray<Insight>> ReadAsync(
        ITopicReaderGrain topic, InsightFilter filter, string? before, int count, int eventsMax, CancellationToken cancellationToken)
    {
        var found = ImmutableArray.CreateBuilder<Insight>();
        var upTo = before is null ? (await topic.ReadAsync(long.MaxValue, 1, cancellationToken)).Last : long.Parse(before, CultureInfo.InvariantCulture) - 1;
        for (var left = eventsMax; upTo > 0 && left > 0 && found.Count < count; left -= EventsPerRead)
        {
            var after = Math.Max(0, upTo - Math.Min(EventsPerRead, left));
            var page = await topic.ReadAsync(after, (int)(upTo - after), cancellationToken);
            found.AddRange(page.Events.Where(kept => kept.Number <= upTo).Reverse().Select(Insight.Of).OfType<Insight>().Where(filter.Selects));
            upTo = page.First > after ? 0 : after;
        }

        return [.. found.Take(count)];
    }
}

/// <param name="Number">Its place on the topic.</param>
/// <param name="Learner">Whom it is about, where it says so or the agent is a learner's own.</param>
internal sealed record InsightResponse(long Number, DateTimeOffset At, string AgentId, string? Learner, string Type, Payload Data)
{
    public static InsightResponse Of(Insight insight) => new(insight.Number, insight.At, insight.Agent, insight.Learner, insight.Type, insight.Data);
}
